"""Names for streets and districts, each already in the form a Polish street sign carries."""

from __future__ import annotations

# Feminine adjectives, as they follow "ulica": trees and plants, country, weather, crafts, colours, birds.
ADJECTIVES = tuple(
    """
Akacjowa Bukowa Brzozowa Cisowa Dębowa Grabowa Jaworowa Jałowcowa Jarzębinowa Jesionowa Jodłowa Kasztanowa Klonowa Leszczynowa
Lipowa Modrzewiowa Olchowa Orzechowa Sosnowa Świerkowa Topolowa Wiązowa Wierzbowa Osikowa Kalinowa Głogowa Bzowa Jaśminowa
Magnoliowa Tarninowa Rokitnikowa Agrestowa Malinowa Jagodowa Jeżynowa Porzeczkowa Poziomkowa Truskawkowa Borówkowa Żurawinowa
Wiśniowa Czereśniowa Śliwkowa Morelowa Brzoskwiniowa Gruszowa Jabłoniowa Winogronowa Migdałowa Pigwowa Różana Fiołkowa Liliowa
Konwaliowa Makowa Chabrowa Stokrotkowa Tulipanowa Narcyzowa Krokusowa Przebiśniegowa Sasankowa Zawilcowa Nagietkowa Rumiankowa
Lawendowa Miętowa Szałwiowa Macierzankowa Tymiankowa Wrzosowa Paprociowa Kaczeńcowa Niezapominajkowa Goździkowa Astrowa
Dzwonkowa Malwowa Słonecznikowa Nasturcjowa Irysowa Storczykowa Floksowa Peoniowa Rezedowa Bławatkowa Koniczynowa Łubinowa
Lniana Żytnia Pszeniczna Jęczmienna Owsiana Gryczana Kłosowa Zbożowa Żniwna Rolna Polna Łąkowa Leśna Borowa Gajowa Zagajnikowa
Parkowa Ogrodowa Sadowa Działkowa Wiejska Graniczna Polanowa Źródlana Strumykowa Potokowa Rzeczna Nadrzeczna Nadbrzeżna Brzegowa
Wiślana Stawowa Jeziorna Mostowa Młyńska Wodna Zdrojowa Błotna Torfowa Łęgowa Wydmowa Piaskowa Żwirowa Kamienna Gliniana Skalna
Górska Górna Dolna Wysoka Niska Stroma Równa Prosta Kręta Krzywa Okrężna Poprzeczna Podłużna Krótka Długa Wąska Szeroka Boczna
Środkowa Skrajna Południowa Północna Wschodnia Zachodnia Słoneczna Księżycowa Gwiezdna Tęczowa Pogodna Wietrzna Mglista
Deszczowa Burzowa Śnieżna Mroźna Zimowa Wiosenna Letnia Jesienna Majowa Czerwcowa Lipcowa Sierpniowa Wrześniowa Marcowa
Kwietniowa Poranna Wieczorna Nocna Cicha Spokojna Wesoła Radosna Miła Zaciszna Ustronna Malownicza Widokowa Piękna Urocza Złota
Srebrna Miedziana Żelazna Stalowa Kryształowa Perłowa Bursztynowa Szafirowa Rubinowa Szmaragdowa Diamentowa Turkusowa Błękitna
Zielona Biała Czerwona Żółta Szara Pastelowa Kolorowa Szewska Krawiecka Garbarska Garncarska Kowalska Ślusarska Stolarska
Ciesielska Bednarska Tkacka Powroźnicza Piekarska Rzeźnicza Rybacka Rybna Solna Mydlarska Szklarska Złotnicza Zegarmistrzowska
Introligatorska Drukarska Murarska Dekarska Zduńska Kaletnicza Kuśnierska Rymarska Kołodziejska Browarna Winiarska Targowa
Kramarska Kupiecka Jatkowa Ratuszowa Zamkowa Wałowa Basztowa Bramna Murna Forteczna Klasztorna Kościelna Dominikańska
Franciszkańska Kanonicza Szpitalna Szkolna Akademicka Uczniowska Studencka Biblioteczna Teatralna Muzyczna Poetycka Artystyczna
Malarska Rzeźbiarska Filmowa Sportowa Olimpijska Stadionowa Harcerska Młodzieżowa Dworcowa Kolejowa Torowa Lotnicza Żeglarska
Przystaniowa Portowa Pocztowa Sądowa Strażacka Ratownicza Spółdzielcza Robotnicza Górnicza Hutnicza Włókiennicza Metalowa
Odlewnicza Maszynowa Składowa Magazynowa Fabryczna Przemysłowa Techniczna Energetyczna Gazowa Wodociągowa Ceglana Wapienna
Cementowa Betonowa Tartaczna Papiernicza Chłodna Ciepła Pograniczna Bociania Jaskółcza Słowicza Skowronkowa Sokola Orla
Jastrzębia Żurawia Czajcza Kukułcza Sikorkowa Wilgowa Szpacza Dzięciołowa Gołębia Łabędzia Pawia Krucza Sowia Sarnia Jelenia
Łosia Rysia Wilcza Lisia Borsucza Zajęcza Wiewiórcza Bobrowa Wydrza Jeżowa Żubrza Konna Pasieczna Miodowa Pszczela Grzybowa
Rydzowa Kurkowa Myśliwska Podleśna Zalesna Nowa Stara Nowowiejska Zagrodowa Dworska Folwarczna Pałacowa Karczemna Gościnna
Sąsiedzka Przyjazna Bliska Daleka Wspólna Nadziei Zgody Jedności Wolności Pokoju Przyjaźni
""".split()
)

# Genitives of people, and of events, as they follow "ulica" without an adjective's ending.
PEOPLE = tuple(
    name.strip()
    for name in """
Adama Mickiewicza, Juliusza Słowackiego, Henryka Sienkiewicza, Bolesława Prusa, Elizy Orzeszkowej, Marii Konopnickiej,
Stefana Żeromskiego, Władysława Reymonta, Cypriana Norwida, Jana Kochanowskiego, Mikołaja Reja, Mikołaja Kopernika,
Fryderyka Chopina, Stanisława Moniuszki, Tadeusza Kościuszki, Kazimierza Pułaskiego, Marii Skłodowskiej-Curie, Jana Matejki,
Jacka Malczewskiego, Stanisława Wyspiańskiego, Aleksandra Fredry, Juliana Tuwima, Jana Brzechwy, Bolesława Leśmiana,
Krzysztofa Kamila Baczyńskiego, Zofii Nałkowskiej, Marii Dąbrowskiej, Ignacego Paderewskiego, Karola Szymanowskiego,
Henryka Wieniawskiego, Stanisława Staszica, Hugona Kołłątaja, Kazimierza Wielkiego, Władysława Jagiełły, Królowej Jadwigi,
Stefana Batorego, Jana Sobieskiego, Bolesława Chrobrego, Emilii Plater, Romualda Traugutta, Wisławy Szymborskiej,
Czesława Miłosza, Zbigniewa Herberta, Heleny Modrzejewskiej, Ludwika Solskiego, Jana Długosza, Ignacego Krasickiego,
Jana Heweliusza, Ignacego Łukasiewicza, Jana Śniadeckiego, Janusza Korczaka, Haliny Poświatowskiej, Kornela Makuszyńskiego,
3 Maja, 11 Listopada, Harcerzy, Strażaków, Kolejarzy, Lotników, Saperów, Spółdzielców, Ogrodników, Pszczelarzy, Rybaków,
Flisaków, Żniwiarzy, Nauczycieli, Pionierów, Metalowców, Włókniarzy, Budowlanych, Sybiraków, Weteranów, Kosynierów,
Powstańców Wielkopolskich, Obrońców Westerplatte, Ułanów, Bartników
""".split(",")
)

# Towns and regions, for streets of the newer districts.
REGIONS = tuple(
    """
Gnieźnieńska Bydgoska Radomska Lubelska Kielecka Opolska Katowicka Częstochowska Olsztyńska Białostocka Szczecińska Koszalińska
Słupska Elbląska Zamojska Sandomierska Tarnowska Rzeszowska Przemyska Chełmska Siedlecka Ciechanowska Włocławska Konińska
Leszczyńska Zielonogórska Legnicka Jeleniogórska Wałbrzyska Bielska Żywiecka Zakopiańska Mazurska Kaszubska Pomorska Śląska
Mazowiecka Wielkopolska Małopolska Kujawska Podlaska Lubuska Warmińska Żuławska Kurpiowska Góralska Suwalska Augustowska Giżycka
Kołobrzeska Sopocka Gdyńska Helska Tatrzańska Beskidzka Bieszczadzka
""".split()
)
VILLAGES = ("Brzozówka", "Stara Wieś", "Zalesie", "Kamionka", "Lipiny", "Wólka Bliskowska", "Dąbrówka", "Olszanka", "Nowa Wieś")
VILLAGE_STREETS = tuple(
    """
Główna Polna Leśna Łąkowa Szkolna Kościelna Krótka Długa Ogrodowa Sadowa Wiejska Słoneczna Spacerowa Brzozowa Lipowa Sosnowa
Dębowa Kwiatowa Cicha Wierzbowa Stawowa Graniczna Boczna Zielona Spokojna Rolna Akacjowa Klonowa Jesionowa Wspólna Nowa Pogodna
Zaciszna Strażacka Folwarczna
""".split()
)

# Roads out of town carry the name of where they lead.
ROADS = tuple(
    """
Warszawska Łódzka Poznańska Płocka Kutnowska Kaliska Toruńska Gdańska Krakowska Łęczycka Piotrkowska Sieradzka Wrocławska Łowicka
""".split()
)
AVENUES = tuple("aleja Jesionowa|aleja Niepodległości|aleja Lipowa|aleja Kasztanowa|aleja Klonowa|aleja Dębowa".split("|"))
RINGS = ("Obwodowa", "aleja Jana Pawła II", "aleja Solidarności", "aleja Wojska Polskiego")
QUAYS = ("Bulwar Nadrzeczny", "Bulwar Flisaków", "Nadbrzeże", "Bulwar Rybacki")
PARKS = (
    "Park Miejski",
    "Park Zdrojowy",
    "Park nad Rzeką",
    "Park Kościuszki",
    "Park Wolności",
    "Ogród Botaniczny",
    "Skwer Harcerzy",
    "Park Leśny",
)
LAKES = ("Jezioro Bliskie", "Staw Młyński", "Jezioro Leśne", "Staw Górny")
WOODS = ("Las Miejski", "Bór Bliskowski", "Las Olszynowy", "Uroczysko Dębina", "Las Zagórny", "Las Borowy", "Las Królewski")
CITY, RIVER = "Blisków", "Bliska"


def with_kind(name: str) -> str:
    """The name as it is said in a sentence: "ulica Lipowa", but "aleja Jesionowa" and "Rynek"."""
    said = name.split(" ")[0] in ("aleja", "plac", "Bulwar", "Planty", "Nadbrzeże", "Obwodnica", "Rynek", "Droga", "Podwale")
    return name if said else f"ulica {name}"
