"""What a person asks for, and the words he gets."""
