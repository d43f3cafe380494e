# Le frasi fisse del certificato di destinazione urbanistica.
# Un comune ne cambia singole in documents/{slug}/certificate.ftl.

## Testata

title = Certificato di destinazione urbanistica
subtitle = art. 30, commi 2 e 3, del D.P.R. 6 giugno 2001, n. 380
running = Certificato di destinazione urbanistica
subject = Certificato di destinazione urbanistica di { $parcels } del Comune di { $comune }
draft-mark = BOZZA
draft-note = Bozza prodotta dal sistema informativo territoriale il { $date }. Diventa certificato soltanto con la firma del responsabile, dopo il controllo degli atti.
stamp-duty = Imposta di bollo, salvo esenzione (D.P.R. 642/1972)
reference-register = Protocollo
reference-request = Richiesta
reference-issued = Emesso il
reference-code = Codice di verifica
request-received = n. { $number } del { $date }
request-received-undated = n. { $number }
request-received-unnumbered = del { $date }
to-complete = da completare
page = Pagina { "{n}" } di { "{m}" }
footer = Codice di verifica { $code } · dati al { $date }

## Premesse

office-speaks = IL RESPONSABILE DEL SERVIZIO
premise-request = Vista la richiesta presentata da { $applicant }, intesa a ottenere il certificato di destinazione urbanistica degli immobili indicati di seguito;
premise-no-request = Vista la richiesta di rilascio del certificato di destinazione urbanistica degli immobili indicati di seguito;
premise-law = Visto l'art. 30 del D.P.R. 6 giugno 2001, n. 380, e l'art. 12, comma 3, dello stesso decreto sulle misure di salvaguardia;
premise-fire = Visto l'art. 10 della legge 21 novembre 2000, n. 353, sulle aree percorse dal fuoco;
premise-acts = Visti gli strumenti urbanistici vigenti e adottati elencati al punto 2 e gli atti d'ufficio;
certifies = CERTIFICA
lead = che gli immobili siti nel Comune di { $comune } e distinti nel catasto dei terreni come al punto 1 hanno, alla data del { $date }, la destinazione urbanistica e i vincoli che seguono.

## 1. Immobili

parcels-title = 1. Immobili
parcels-note = Superficie grafica: calcolata sulla mappa catastale vettoriale nel sistema { $crs }. Non sostituisce la superficie catastale.
parcels-census-scaled = Le superfici delle zone sono quelle misurate sulla mappa, riportate in proporzione alla superficie catastale di ogni particella; le percentuali non cambiano.
parcels-census-note = La superficie catastale e quella grafica differiscono di oltre il 5 per cento per le particelle segnate con *.
parcels-total = Totale
column-sezione = Sezione
column-foglio = Foglio
column-number = Particella
column-reference = Riferimento nazionale
column-area = Superficie grafica (m²)
column-census = Superficie catastale (m²)

## 2. Strumenti urbanistici

acts-title = 2. Strumenti urbanistici
acts-in-force = { $name }: vigente dal { $date }
acts-in-force-undated = { $name }: vigente
acts-adopted = { $name }: adottato il { $date }, in salvaguardia fino al { $until }
acts-adopted-undated = { $name }: adottato
acts-none = Gli estremi degli atti non sono registrati nel sistema informativo: { $to-complete }.
acts-data = Gli archivi consultati, con versione e data, sono elencati in calce.

## 3. Destinazione urbanistica

zones-title = 3. Destinazione urbanistica
zones-instrument = { $name }
zones-lead = La ripartizione è misurata sovrapponendo le particelle e le zone dello strumento; le percentuali si riferiscono alla superficie grafica.
column-zone = Zona
column-description = Descrizione
column-article = Norma
column-area-m2 = m²
column-percent = %
zones-unassigned = Non zonizzato
zones-clear = { $layer }: nessuna previsione per le particelle indicate.
zones-slivers = Sovrapposizioni sotto la tolleranza della mappa, dovute ai diversi tracciati di catasto e piano, non sono elencate: { $count }.
zones-further = Altre previsioni
not-listed = Per le particelle non elencate non risultano previsioni.

## 4. Salvaguardia

adopted-title = 4. Strumenti adottati e misure di salvaguardia
adopted-lead = Lo strumento adottato «{ $name }» prevede quanto segue. Fino al { $until } si applicano le misure di salvaguardia (art. 12, comma 3, D.P.R. 380/2001).
adopted-lead-undated = Lo strumento adottato «{ $name }» prevede quanto segue. Si applicano le misure di salvaguardia (art. 12, comma 3, D.P.R. 380/2001).
adopted-unread = Lo strumento adottato «{ $name }» non è fra gli archivi che il sistema ha confrontato con le particelle: il responsabile verifica e completa prima della firma.
adopted-none = Alla data del { $date } non risultano strumenti urbanistici adottati che interessino le particelle indicate.

## 5. Vincoli

constraints-title = 5. Vincoli e limitazioni
column-constraint = Vincolo
column-law = Riferimento
column-extent = Estensione
constraints-none = Non risultano vincoli sulle particelle indicate negli archivi consultati.
constraints-clear = Verificati, senza alcuna interferenza con le particelle indicate: { $layers }.
constraints-others = Le particelle non elencate non sono interessate.
hazards-title = Classificazioni di pericolosità e di clima acustico
column-class = Classe

## 6. Aree percorse dal fuoco

fire-title = 6. Aree percorse dal fuoco
fire-clear = Le particelle indicate non risultano comprese fra i soprassuoli percorsi dal fuoco censiti ai sensi dell'art. 10, comma 2, della legge 21 novembre 2000, n. 353.
fire-hit = Risultano comprese, in tutto o in parte, fra i soprassuoli percorsi dal fuoco censiti ai sensi dell'art. 10, comma 2, della legge 21 novembre 2000, n. 353, le particelle: { $parcels }. Si applicano i vincoli dell'art. 10, comma 1.
fire-no-data = Il catasto dei soprassuoli percorsi dal fuoco non è presente nel sistema informativo. Il responsabile attesta, prima della firma, che le particelle indicate: ☐ non risultano comprese ☐ risultano comprese fra i soprassuoli censiti ai sensi dell'art. 10, comma 2, della legge 21 novembre 2000, n. 353.

## Dati mancanti

no-data-title = Verifiche non possibili
no-data = Per le voci che seguono il sistema informativo non ha dati, oppure li ha soltanto per una parte delle particelle. L'assenza di indicazioni non attesta l'assenza del vincolo: il responsabile completa prima della firma.
no-data-all = { $layer }: nessun dato
no-data-some = { $layer }: dati incompleti per { $parcels }
error-some = { $layer }: lettura non riuscita per { $parcels }

## 7. Prescrizioni

norms-title = 7. Prescrizioni
norms-lead = Le prescrizioni delle zone indicate sono contenute negli articoli che seguono delle norme di attuazione.
norms-reference = Si rinvia agli articoli delle norme di attuazione indicati nelle tabelle, consultabili presso l'ufficio e sul sito del Comune.

## Chiusura

validity = Il presente certificato conserva validità per un anno dalla data di rilascio, fino al { $until }, se non intervengono modificazioni degli strumenti urbanistici (art. 30, comma 3, D.P.R. 380/2001).
sources-title = Archivi consultati
column-source = Archivio
column-version = Versione
column-published = In uso dal
disclaimer = Le risultanze derivano dalla sovrapposizione di mappe di origine e scala diverse; la scala nominale della mappa catastale è quella del foglio. In caso di contrasto prevalgono gli elaborati approvati.
signed-at = { $comune }, { $date }
signature-note = firma digitale ai sensi dell'art. 24 del D.Lgs. 82/2005
verification-title = Verifica di autenticità
verification-text = Su questo indirizzo si controllano data, particelle, validità e impronta SHA-256 del documento, e se da allora il piano è cambiato. I dati del certificato sono allegati a questo PDF come file JSON.
verification-qr = Codice QR che porta alla pagina di verifica del certificato
data-file = Contenuto del certificato in formato JSON

## Estratti di mappa

maps-title = Estratti di mappa
map-cadastre = Estratto della mappa catastale
map-zones = Estratto dello strumento urbanistico
map-constraints = Estratto della carta dei vincoli
map-caption = Scala 1:{ $scale } · { $crs } · nord di griglia in alto · croci ogni { $step } m
map-alt = { $title }, in scala 1:{ $scale }, con { $parcels } in evidenza
map-more = Foglio { $number } di { $count }
