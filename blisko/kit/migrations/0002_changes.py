from django.db import migrations

NOTE = """
CREATE TABLE kit_change (place text, transaction bigint, stamp uuid NOT NULL, PRIMARY KEY (place, transaction));
CREATE FUNCTION kit_note(place text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO kit_change VALUES (place, pg_current_xact_id()::text::bigint, gen_random_uuid())
    ON CONFLICT ON CONSTRAINT kit_change_pkey DO UPDATE SET stamp = EXCLUDED.stamp
$$;
CREATE FUNCTION kit_rows_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM changed) THEN PERFORM kit_note(TG_TABLE_NAME); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION kit_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM kit_note(TG_TABLE_NAME);
    RETURN NULL;
END $$;
"""
NOTE_NO_MORE = "DROP FUNCTION kit_emptied, kit_rows_changed, kit_note; DROP TABLE kit_change;"


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_initial")]

    operations = [migrations.RunSQL(NOTE, NOTE_NO_MORE)]
