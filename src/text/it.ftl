# Le frasi che si leggono, in italiano. Le stesse chiavi stanno in en.ftl.
# Le chiavi "map-" vanno anche allo script della mappa.

## Sito

site-name = Mappale
site-comune = Comune di { $name }
skip-content = Vai al contenuto
skip-search = Vai alla ricerca
skip-map = Salta la mappa
nav-label = Principale
nav-home = Inizio
nav-map = Mappa
menu = Menu
lang-label = Lingua
lang-it = Italiano
lang-en = English
sign-in = Accedi
sign-out = Esci
footer-label = Informazioni sul sito
footer-accessibility = Dichiarazione di accessibilità
footer-privacy = Informativa privacy
footer-report = Segnalazione disservizio
footer-note = Le informazioni di questo sito sono indicative e non sostituiscono i certificati.

## Ricerca

search-label = Cerca un indirizzo o una particella
search-placeholder = Indirizzo o particella
search-hint = Per esempio:
search-button = Cerca
search-title = Ricerca
search-results = { $count ->
    [one] Un risultato
   *[other] { $count } risultati
}
search-first = { $count ->
    [one] Mostriamo il primo.
   *[other] Mostriamo i primi { $count }.
}
search-more = Aggiungi il foglio o la sezione per restringere la ricerca.
search-nothing = Nessun risultato per «{ $query }»
search-nothing-advice = Controlla la via, oppure il foglio e il numero. Puoi anche cercare sulla mappa. Puoi scrivere così:
search-empty = Scrivi una via con il numero civico, il nome di una località, il foglio e il numero della particella, oppure il riferimento catastale nazionale. Per esempio:
search-group-parcels = Particelle
search-group-sheets = Fogli
search-group-addresses = Indirizzi
search-group-streets = Vie
search-group-names = Luoghi
search-houses = { $count ->
    [one] Un numero civico
   *[other] { $count } numeri civici
}
search-kind-localita = Località
search-kind-quartiere = Quartiere
search-kind-cascina = Cascina
search-kind-monte = Monte
candidates-title = Quale particella?
candidates-lead = Più particelle rispondono a «{ $query }». Scegli quella che cerchi.

## Inizio

home-lead = Cerca un indirizzo o una particella, guardali sulla mappa e leggi che cosa ne sappiamo.
home-open-map = Apri la mappa
home-data = Dati pubblicati
home-data-lead = Con la data di pubblicazione.
home-all-layers = Descrizioni e file da scaricare
home-no-data = Per questo comune non è ancora pubblicato nessun dato.
home-column-valid = Dati al
home-column-loaded = Pubblicati il
comuni-title = Scegli il comune
comuni-lead = Questo sito mostra la mappa di più comuni.
comuni-none = Nessun comune è ancora registrato.

## Scheda

card-title = Particella { $number }
card-short = { $foglio }{ $allegato } · { $number }
card-title-many = { $count ->
    [one] Una particella in questo punto
   *[other] { $count } particelle in questo punto
}
card-title-road = Strada pubblica
card-title-water = Acqua
card-title-no-parcel = Nessuna particella
card-title-no-cadastre = Catasto non disponibile
card-title-outside = Fuori dal territorio
card-title-failed = Dati non leggibili ora
card-sezione = Sezione { $name }
card-foglio = Foglio { $number }
card-allegato = Allegato { $name }
card-sviluppo = Sviluppo { $name }
card-no-parcel = Qui non c’è nessuna particella nella mappa del catasto.
card-no-cadastre = Non abbiamo il catasto di questo luogo: non possiamo dire se qui c’è una particella.
card-outside = Questo luogo è fuori dai comuni di questo sito.
card-failed = In questo momento non riusciamo a leggere il catasto di questo luogo. Riprova tra poco.
card-not-a-parcel-road = È disegnata nel catasto come strada: non è una particella su cui avviare pratiche.
card-not-a-parcel-water = È disegnata nel catasto come acqua: non è una particella su cui avviare pratiche.
card-as-of = Situazione al { $date }
card-as-of-known = Situazione al { $date }, per quanto registrato fino al { $known }
card-overlap = Foglio sovrapposto
card-overlap-text = Qui due disegni del catasto si sovrappongono: il punto cade in più particelle. Le elenchiamo tutte.
card-area = Superficie
card-area-map = { $area } (mappa)
card-area-note = Misurata sul disegno della mappa: può differire da quella della visura.
card-code = Sigla sulla mappa
card-reference = Riferimento catastale nazionale
card-position = Punto scelto
card-comune = Comune
card-copy = Copia
card-copy-label = Copia il riferimento { $reference }
card-open = Apri la scheda
card-open-label = Apri la scheda: { $title }
card-open-map = Apri sulla mappa
card-share = Condividi
card-download = Scarica:
card-json = JSON
card-json-label = Scarica i dati in JSON
card-geojson = GeoJSON
card-geojson-label = Scarica il contorno in GeoJSON
card-data = { $title }: caricati il { $loaded }, versione { $version }.
card-data-dates = Caricati il { $loaded }, versione { $version }.
card-data-valid = I dati descrivono la situazione al { $valid }.
card-data-source = Fonte: { $source }.
card-disclaimer = Valore informativo: non è un certificato e non sostituisce la visura catastale.
status-hit = trovato
status-clear = controllato, qui nulla
status-error = ora non si può verificare
announce-parcel = { $title }, foglio { $foglio }, { $area }

## Che cosa c’è qui

facts-zones = Zone del piano
facts-checked = Verificato anche ({ $count })
facts-checked-note = Di questi temi abbiamo la mappa: ecco che cosa dice qui.
facts-missing = Senza dati ({ $count })
facts-reason-unloaded = per questo comune non è pubblicata nessuna mappa
facts-reason-uncovered = la mappa pubblicata non copre questo luogo
facts-reason-partly = la mappa copre solo il { $share } del luogo, e lì non c’è nulla
facts-reason-outside = fuori dai comuni di questo sito
facts-reason-deadline = la verifica ha richiesto troppo tempo: riprova
facts-adopted = Piano adottato: { $plan }
facts-adopted-note = Non è ancora in vigore, ma gli interventi in contrasto sono sospesi (misure di salvaguardia).
facts-adopted-since = Adottato il { $day }: non è ancora in vigore, ma gli interventi in contrasto sono sospesi (misure di salvaguardia).
facts-adopted-until = La salvaguardia termina il { $day }.
facts-remainder = Non classificato dal piano
facts-covered = La mappa copre il { $share } del luogo: del resto non dice nulla.
facts-slivers = { $count ->
    [one] Un ritaglio sottile, dovuto alle tolleranze delle mappe, non è contato.
   *[other] { $count } ritagli sottili, dovuti alle tolleranze delle mappe, non sono contati.
}
facts-article = art. { $number }
facts-spoken-zones = zona { $zones }
facts-spoken-hits = { $count ->
    [one] un vincolo o rischio
   *[other] { $count } vincoli o rischi
}

## Modifiche di una mappa

changes-title = Che cosa cambia
changes-lead = Le particelle per le quali una mappa dice cose diverse in due giorni, con le superfici.
changes-layer = Tema
changes-from = Dal giorno
changes-to = Al giorno (oggi, se vuoto)
changes-show = Mostra le particelle
changes-count = { $count ->
    [0] Nessuna particella interessata
    [one] Una particella interessata
   *[other] { $count } particelle interessate
}
changes-shown = Qui sono elencate le prime { $count }: il file le ha tutte.
changes-period = Dal { $from } al { $to }.
changes-csv = Scarica l’elenco (CSV)
changes-column-parcel = Particella
changes-column-before = Prima
changes-column-after = Dopo

## Segnalare un errore

card-report = Segnala un errore
report-title = Segnala un errore
report-lead = Che cosa non torna in questa scheda? La segnalazione arriva all’ufficio che cura la mappa, con i dati che leggi ora.
report-layer = Di quale tema si tratta?
report-layer-all = Tutta la scheda
report-text = Che cosa è sbagliato, e come dovrebbe essere
report-contact = Dove possiamo risponderti (facoltativo)
report-contact-note = Un indirizzo e-mail o un telefono. Lo legge soltanto l’ufficio.
report-send = Invia la segnalazione
report-sent = Segnalazione n. { $number } ricevuta. Grazie.
report-back = Torna alla scheda
report-empty = Scrivi che cosa è sbagliato.
report-too-long = Il testo è troppo lungo: bastano 2.000 caratteri, e 200 per il recapito.
report-too-many = In quest’ora sono arrivate troppe segnalazioni: riprova più tardi.
reports-title = Segnalazioni
reports-none = Nessuna segnalazione.
reports-number = N. { $number }
reports-evidence = Che cosa diceva la scheda
reports-note = Che cosa è stato fatto
reports-close = Chiudi la segnalazione

## Particella nel tempo

card-history = Nel tempo
history-title = La particella nel tempo
history-gone = non è più nel catasto in vigore
history-cadastre = Nel catasto
history-no-steps = Nei catasti caricati qui non risulta nessun cambiamento.
history-from = da
history-to = in
history-versions = versioni { $versions }
history-split = Frazionamento
history-merge = Fusione
history-rearrangement = Riordino
history-renumbering = Nuovo numero
history-boundary = Confine ridisegnato
history-created = Comparsa
history-suppressed = Soppressa
history-plans = Nel piano
history-no-plans = Per questo comune non è registrato nessun piano.
history-on-that-day = La scheda a quel giorno
parcel-became = La particella { $reference } non è più nel catasto in vigore: è diventata un’altra.
parcel-successors = Che cosa è diventata

## Errori

error-bad-request = L’indirizzo non è completo
error-bad-request-advice = Controlla l’indirizzo oppure riparti dalla ricerca o dalla mappa.
error-forbidden = Non puoi vedere questa pagina
error-forbidden-advice = Se pensi di averne diritto, accedi con l’identità giusta o chiedi al comune.
error-not-found = Non abbiamo trovato quello che cerchi
error-not-found-advice = Controlla l’indirizzo, oppure cerca la particella per foglio e numero.
error-gone = Questa versione non c’è più
error-gone-advice = I dati sono stati sostituiti da una versione più recente: riparti dalla mappa.
error-unavailable = Il servizio non risponde in questo momento
error-unavailable-advice = Riprova tra qualche minuto. Quello che hai letto finora resta valido.
error-internal = Qualcosa non ha funzionato da parte nostra
error-internal-advice = Riprova. Se succede ancora, segnalacelo indicando il codice qui sotto.
error-to-map = Vai alla mappa
error-to-home = Torna all’inizio
error-request = Codice della richiesta:

## Accesso dimostrativo

demo-title = Accesso dimostrativo
demo-lead = Questa è una dimostrazione: scegli con quale identità inventata continuare.
demo-citizen = Anna Prova
demo-citizen-role = Cittadina
demo-citizen-what = Guarda la mappa e le schede.
demo-clerk = Bruno Esempio
demo-clerk-role = Addetto ai dati geografici
demo-clerk-what = Carica e pubblica i dati del territorio.
demo-officer = Carla Modello
demo-officer-role = Responsabile del procedimento
demo-officer-what = Segue le pratiche dell’ufficio.
demo-enter = Entra come { $name }

## Pagina della mappa (anche per lo script)

map-title = Mappa
map-title-comune = Mappa del catasto di { $name }
map-region = Mappa del catasto. Frecce per spostarti, più e meno per lo zoom, Invio per scegliere la particella al centro, punto interrogativo per l’elenco dei tasti.
map-panel = Scheda del luogo
map-hint-title = Scegli una particella
map-hint = Tocca o fai clic sulla mappa per leggere la scheda di una particella.
map-hint-keyboard = Con la tastiera: porta la mappa sotto il mirino e premi Invio.
map-noscript = La mappa ha bisogno di JavaScript. La ricerca e le schede delle particelle funzionano anche senza.
map-no-webgl = Questo dispositivo non riesce a disegnare la mappa (manca WebGL). La ricerca e le schede delle particelle funzionano lo stesso.
map-loading = Sto leggendo la scheda…
map-loading-map = Sto caricando la mappa…
map-failed-title = La scheda non è arrivata
map-failed = Non siamo riusciti a leggere la scheda di questo luogo.
map-failed-not-found-title = Particella non trovata
map-failed-not-found = Questa particella non è nel catasto pubblicato qui. Può essere stata divisa o unita ad altre.
map-retry = Riprova
map-failed-link = Apri la pagina del luogo
map-style-failed = La mappa non è arrivata. Controlla la connessione e ricarica la pagina; la ricerca funziona anche senza.
map-refreshed = I dati della mappa sono stati aggiornati.
map-cleared = Selezione annullata.
map-close = Chiudi la scheda
map-panel-hide = Nascondi il pannello
map-panel-show = Mostra il pannello
map-sheet-larger = Ingrandisci la scheda
map-sheet-smaller = Riduci la scheda
map-copied = Copiato
map-link-copied = Collegamento copiato
map-copy-failed = Non è stato possibile copiare: il collegamento è nella barra degli indirizzi.
map-searching = Sto cercando…
map-keys = Tasti della mappa
map-keys-open = Mostra i tasti della mappa
map-keys-close = Chiudi
map-keys-arrows = Frecce
map-keys-move = spostano la mappa
map-keys-zoom = ingrandiscono e riducono
map-keys-enter = Invio o Spazio
map-keys-select = sceglie la particella sotto il mirino
map-keys-escape = Esc
map-keys-clear = annulla la selezione
map-keys-help = mostra questo elenco
map-zoom-in = Ingrandisci
map-zoom-out = Riduci
map-fullscreen = Mappa a tutto schermo
map-fullscreen-exit = Esci da tutto schermo
map-zoom-closer = Scegli un foglio per vedere le sue particelle
map-attribution = Mostra le fonti

view-title = Particelle in vista
view-of = le { $shown } più vicine al centro, su { $total }
view-none = Nessuna particella in questa parte della mappa.
chip-remove = Togli: { $title }

## Livelli, legenda e strumenti della mappa

map-side = Livelli e legenda
map-side-open = Livelli e legenda
map-side-close = Chiudi livelli e legenda
map-side-layers = Livelli
map-presets = Viste pronte
map-preset-piano = Piano
map-preset-vincoli = Vincoli
map-preset-rischio = Rischio
map-preset-catasto = Catasto
map-preset-set = La mappa mostra: %1.
map-layer-filter = Filtra i livelli
map-layer-none = Nessun livello con questo nome.
map-layer-info-short = Informazioni sul livello
map-theme-count = %1 di %2
map-opacity = Opacità
map-legend = Legenda
map-legend-in-view = Solo ciò che è in vista
map-legend-none = Qui non è disegnato nulla che abbia una voce.
map-as-of = In vigore al
map-as-of-note = Mappa e schede mostrano questo giorno.
map-as-of-today = Torna a oggi
map-as-of-set = Ora mappa e schede mostrano il giorno %1.
map-base = Sfondo
map-base-chiara = Chiaro
map-base-scura = Scuro
map-base-contrasto = Contrasto
map-results = Risultati della ricerca
map-results-count = Risultati: %1. Frecce per sceglierne uno.
map-results-none = Nessun risultato
map-results-all = Vedi tutti i %1 risultati
map-shown = Sulla mappa: %1
map-added = %1: aggiunta.
map-removed = %1: tolta.
map-add-none = Qui non c’è una particella da aggiungere.
map-add-several = Qui cadono più particelle: scegline una dall’elenco di quelle in vista.
map-add-full = Si possono scegliere insieme al massimo %1 particelle.
map-adding = Ora ogni clic aggiunge una particella a quelle scelte.
map-adding-ended = I prossimi clic scelgono una sola particella.
map-measure = Misura
map-measure-kind = Che cosa misurare
map-measure-length = Distanza
map-measure-area = Area
map-measure-hint = Fai clic sulla mappa per mettere i punti. Con la tastiera: Invio mette un punto sotto il mirino, Cancella toglie l’ultimo.
map-measure-undo = Togli l’ultimo punto
map-measure-clear = Ricomincia
map-measure-close = Chiudi la misura
map-measure-ended = Misura chiusa.
map-measure-points = Punti: %1
map-measured-area = %1 · perimetro %2
map-share = Condividi la mappa
map-share-link = Collegamento a questa vista
map-share-embed = Codice per metterla in un’altra pagina
map-share-note = Il collegamento contiene posizione, livelli e particelle scelte: nessun dato personale.
map-copy = Copia
map-copy-failed-select = Non è stato possibile copiare: il testo è selezionato, copialo con la tastiera.
map-coordinates = Coordinate
map-coordinates-center = Del centro della mappa.
map-coordinates-place = Del punto che hai indicato.
map-coordinates-failed = Le coordinate non sono arrivate. Chiudi e riprova.
map-loading-coordinates = Sto calcolando…
map-locate = Mostra dove sono
map-locate-not-available = La posizione non è disponibile su questo dispositivo
map-locate-failed = Non riusciamo a sapere dove sei. Controlla di aver permesso l’uso della posizione.
map-located = La tua posizione è sulla mappa.
map-located-outside = Sei fuori dal territorio di questa mappa.
map-embed-whole = Apri la mappa intera
map-keys-shift-enter = Maiusc + Invio
map-keys-add = aggiunge la particella a quelle scelte
map-keys-search = porta alla ricerca
map-keys-list = porta all’elenco delle particelle in vista
map-keys-measure = apre e chiude la misura
map-keys-coordinates = mostra le coordinate del centro
map-keys-note = Le lettere funzionano quando la mappa ha il fuoco. Maiusc e clic aggiunge una particella, il tasto destro mostra le coordinate.
layer-info = Informazioni: { $title }
layer-opacity = Opacità: { $title }
layer-licence = Licenza: { $licence }.
layer-open = Scheda del livello
card-add = Aggiungi

## Pagine dei livelli

nav-layers = Livelli
breadcrumb-label = Percorso di navigazione
layers-title = Livelli della mappa
layers-lead = Tutti i dati che la mappa mostra: che cosa sono, di chi sono, di quando, e come scaricarli.
layer-features = { $count ->
    [one] Un elemento
   *[other] { $number } elementi
}
layer-theme = Tema
layer-source = Fonte
layer-licence-label = Licenza
layer-version = versione { $version }
layer-content = Contenuto
layer-crs = Sistema di riferimento
layer-geometry-polygon = aree
layer-geometry-line = linee
layer-geometry-point = punti
layer-download = Scarica
layer-download-geojson = con le geometrie, in gradi (WGS84)
layer-download-csv = tabella, con un punto per elemento
layer-fields = Campi
layer-field-label = Che cosa dice
layer-field-name = Nome nei file
layer-field-values = Valori
layer-field-free = liberi

## Coordinate

coordinates-wgs84 = Latitudine e longitudine (WGS84)
coordinates-storage = Sistema della mappa
coordinates-gauss-boaga-west = Gauss-Boaga, fuso Ovest
coordinates-gauss-boaga-east = Gauss-Boaga, fuso Est
coordinates-accuracy = Precisione della trasformazione: circa { $metres } m.

# Più particelle insieme

selection-title = Particelle scelte
selection-count = { $count ->
    [one] Una particella scelta
   *[other] { $count } particelle scelte
}
selection-area = { $area } in tutto
selection-contiguous = contigue
selection-pieces = non contigue: { $count } gruppi separati
selection-missing = Non sono nel catasto in vigore:
selection-open = Apri l’elenco
selection-clear = Svuota

# Indirizzi di particelle

parcel-not-understood = «{ $text }» non è un riferimento catastale. Si scrive così: X001_000300.21 (comune, foglio, particella).
parcel-unknown = La particella { $reference } non è nel catasto in vigore. Può essere stata divisa o unita ad altre: cerca il foglio sulla mappa.
parcel-no-cadastre = Non abbiamo il catasto del comune della particella { $reference }.
parcel-before-first = In quel giorno non abbiamo il catasto della particella { $reference }: comincia dal { $day }.
parcel-nearest = Le particelle più vicine per numero

## Temi della mappa

theme-piano = Piano urbanistico
theme-vincoli = Vincoli
theme-rischio = Rischi e rumore
theme-catasto = Catasto
theme-ambiente = Ambiente
theme-base = Mappa di base
layer-imagery = Fotografia aerea

## Norme

norms-title = Norme
norms-none = Gli articoli di questo piano non sono ancora stati caricati.
norm-article = Art. { $article }
norm-heading = Art. { $article } – { $title }
norm-from = dal { $date }
norm-document = Apri il documento
norm-document-page = Apri il documento alla pagina { $page }
norm-note = Il testo è riportato per comodità di lettura: fa fede quello approvato.
plan-status-draft = non ancora efficace
plan-status-adopted = adottato
plan-status-in-force = vigente
plan-status-replaced = superato
plan-status-withdrawn = ritirato

## Risposte nei moduli

form-missing = Manca la risposta
form-missing-choice = Scegli una risposta
form-not-declared = Per andare avanti serve questa dichiarazione
form-no-number = Scrivi un numero, per esempio 12,5
form-less = Scrivi almeno { $least }
form-more = Scrivi al massimo { $most }
form-too-long = Il testo è troppo lungo: al massimo { $count } caratteri
form-no-day = Scrivi una data che esiste, per esempio 24/11/2026
form-no-choice = Scegli una delle risposte proposte
form-no-tax-code = Il codice fiscale non è giusto: controlla le 16 lettere e cifre
form-no-vat-number = La partita IVA non è giusta: controlla le 11 cifre
form-no-email = Scrivi un indirizzo e-mail come nome@esempio.it
form-no-phone = Scrivi un numero di telefono, anche con il prefisso
form-no-parcel = «{ $line }» non è una particella: scrivi foglio e numero
form-no-unit = «{ $line }» non è un'unità: scrivi foglio, particella e sub
form-too-many = Sono troppe righe: al massimo { $count }
form-no-area = Il contorno ha bisogno di almeno tre vertici
form-no-corner = «{ $line }» non è un vertice: scrivi due numeri, E e N
form-crossed-area = Il contorno si incrocia: elenca i vertici in giro

## Servizi

services-title = Servizi
services-lead = Tutto quello che puoi chiedere o comunicare al comune, in parole semplici.
services-search = Cerca un servizio
services-nothing = Nessun servizio risponde a «{ $query }».
services-all = Tutti i servizi
service-suspended = Servizio sospeso.
service-active = Servizio attivo
to-be-confirmed = Da confermare
to-be-confirmed-short = da confermare
service-audience = A chi è rivolto
service-how = Come fare
service-needed = Cosa serve
service-documents = Documenti
service-always = sempre
service-obtained = Cosa si ottiene
service-times = Tempi e scadenze
service-costs = Quanto costa
service-access = Accedi al servizio
service-access-lead = Parti dalla mappa o scrivi la particella: vedi che cosa vale lì prima di iniziare.
service-selection = Foglio e particella
service-from-parcel = Parti da qui
service-conditions = Condizioni di servizio
service-contacts = Contatti
service-office = Chi decide
service-responsible = Responsabile del procedimento
service-substitute = Chi lo sostituisce se tarda
service-hours = Orari
service-topics = Argomenti
can-do-title = Cosa posso fare qui?
can-do-unknown = «{ $text }» non indica una particella sola di questo comune.
can-do-nothing-selected = Scegli una particella sulla mappa, oppure scrivila qui.
can-do-lead = Per queste particelle:
can-do-without-data = { $count ->
    [one] Di un tema non abbiamo la mappa in questo punto: dove conta, lo chiediamo a te o lo verifica l'ufficio.
   *[other] Di { $count } temi non abbiamo la mappa in questo punto: dove contano, lo chiediamo a te o lo verifica l'ufficio.
}
can-do-parcel = Foglio { $foglio }, particella { $number }
can-do-too-many = { $count ->
    [one] Si presenta per una particella sola.
   *[other] Si presenta per al massimo { $count } particelle.
}
can-do-cost = Costo
can-do-from = da { $amount }
reason-blocks = Qui non si può:
reason-ask = Ti chiederemo se:
reason-officer = L'ufficio verifica se:
reason-applies = Attenzione:
regime-communication = Lo comunichi e inizi subito
regime-notice = Lo segnali e inizi subito; il comune controlla entro un termine
regime-application = Lo chiedi e il comune decide
term-days = { $count ->
    [one] un giorno
   *[other] { $count } giorni
}
term-working-days = { $count ->
    [one] un giorno lavorativo
   *[other] { $count } giorni lavorativi
}
term-months = { $count ->
    [one] un mese
   *[other] { $count } mesi
}
term-years = { $count ->
    [one] un anno
   *[other] { $count } anni
}
nav-services = Servizi

## Pratiche

form-parcel-unknown = «{ $line }» non indica una particella sola del catasto in vigore
form-yes = Sì
form-no = No
form-declared = Dichiarato
form-optional = (facoltativo)
form-why = Perché lo chiediamo?
form-not-yet = si calcola dalle altre risposte
form-to-tasks = Torna all'elenco
form-conflict = Nel frattempo la bozza è stata salvata da un'altra finestra o da un altro dispositivo. Qui trovi quello che hai scritto: se salvi, vale questo.
form-problem = C'è qualcosa da correggere
form-save-next = Salva e continua
form-save-leave = Salva e torna all'elenco
draft-saved = Salvata: { $moment }.
draft-kept = La bozza resta fino al { $day }; ogni salvataggio la prolunga.
draft-check = Controlla e invia
draft-continue = Continua: { $name }
draft-leave = Esci, continua dopo
task-done = Completata
task-todo = Da completare
task-problem = C'è un problema
group-where = Dove
group-who = Chi
group-what = Cosa
group-declarations = Dichiarazioni
group-documents = Documenti
documents-title = Documenti
documents-lead = Ogni documento è salvato appena caricato; vale l'ultimo.
documents-there = Caricato:
documents-replace = Sostituisci
documents-upload = Carica
documents-limits = { $formats }, al massimo { $count } MB.
documents-no-format = Il file non è di un formato ammesso: conta il contenuto, non il nome
documents-too-large = Il file è troppo grande
documents-not-stored = Il file non è stato salvato: riprova
documents-cut = Il caricamento si è interrotto: riprova
documents-empty = Scegli un file che non sia vuoto
check-title = Controlla le risposte
check-change = Modifica
check-send = Invia: { $title }
check-declaration = Inviando confermi le dichiarazioni fatte. Riceverai subito il numero di protocollo.
mine-title = Le mie pratiche
mine-nothing = Non hai ancora pratiche.
mine-drafts = Bozze
mine-filed = Presentate
receipt-title = Pratica presentata
receipt-number = Numero di protocollo { $number }
receipt-moment = Registrata il { $moment }.
receipt-next = Conserva il numero: qui sotto segui che cosa succede.
practice-number = Protocollo { $number }
practice-conflict = Nel frattempo è successo altro: guarda la cronologia prima di decidere.
practice-due = entro { $day }
practice-parcels = Particelle
practice-actions = Che cosa si può fare ora
practice-text = Testo
practice-timeline = Cronologia
practice-conditions = Che cosa diceva la mappa al momento della presentazione
practice-answers = Le risposte
clock-day = Giorno { $day } di { $total }
clock-working-day = Giorno lavorativo { $day } di { $total }
clock-suspended = termine sospeso
clock-late = { $count ->
    [one] un giorno di ritardo
   *[other] { $count } giorni di ritardo
}
state-submitted = presentata
state-in-review = in esame
state-awaiting = in attesa di integrazione
state-effective = efficace
state-in-control = in controllo a campione
state-granted = accolta
state-refused = respinta
state-withdrawn = ritirata
state-closed = chiusa
turn-office = Tocca al comune
turn-you = Tocca a te
turn-applicant = Tocca al richiedente
turn-nobody = Nessun passo da fare
event-submitted = Presentata e protocollata
event-assigned = Presa in carico
event-sample-drawn = Estratta per il controllo a campione
event-integration-requested = Richiesta di integrazione: termine sospeso
event-integration-answered = Integrazione ricevuta: termine ripreso
event-granted = Accolta
event-refused = Respinta
event-control-closed = Controllo chiuso
event-withdrawn = Ritirata dal richiedente
action-assign = Prendi in carico
action-sample = Estrai per il controllo a campione
action-integration = Chiedi un'integrazione
action-grant = Accogli
action-refuse = Respingi
action-close-control = Chiudi il controllo
action-answer = Rispondi alla richiesta
action-withdraw = Ritira la pratica
forbidden-awaiting = Si attende la risposta del richiedente.
forbidden-not-taken = Prima va presa in carico.
forbidden-clock = La legge non lo consente più in questo termine.
forbidden-other = Ora non si può.
queue-title = Pratiche dell'ufficio
queue-nothing = Nessuna pratica aperta.
queue-days = Giorni
queue-number = Protocollo
queue-procedure = Procedura
queue-place = Luogo
queue-turn = A chi tocca
nav-mine = Le mie pratiche
nav-desk = Ufficio
can-do-start = Inizia

## Rapporto di un caricamento

load-title = Rapporto di caricamento
load-version = Versione
load-features = Elementi registrati
load-left-out = Esclusi
load-has-errors = Ci sono errori: questa versione non può essere pubblicata.
load-no-errors = Nessun errore: questa versione può essere pubblicata.
load-files = File
load-coordinates = Coordinate
load-accuracy = Accuratezza
load-grids = Grigliati
load-unknown = non nota
load-none = nessuno
load-checks = Controlli
load-outcome = Esito
load-rule = Regola
load-count = Numero
load-message = Messaggio
load-map = Dove
load-map-label = Mappa delle segnalazioni sul confine del comune
load-findings = Segnalazioni
load-no-findings = Nessuna segnalazione.
load-first = Le prime
load-severity = Gravità
load-where = Luogo
load-info = informazione
load-warning = avviso
load-error = errore
load-passed = superato
load-no-data = nessun dato

## Stampe e documenti

print-title = Stampa la mappa
print-lead = Scegli foglio e scala: il PDF è vettoriale e si può misurare con il righello.
print-paper = Foglio
print-paper-a4 = A4 verticale
print-paper-a4o = A4 orizzontale
print-paper-a3 = A3 verticale
print-paper-a3o = A3 orizzontale
print-scale-label = Scala
print-scale = Scala 1:{ $scale }
print-centre = Centro della mappa (longitudine, latitudine)
print-centre-hint = In gradi, per esempio 9,36000; 45,60000. Con particelle indicate si può lasciare vuoto.
print-parcels = Particelle da evidenziare
print-parcels-hint = Una per riga, per esempio «12 345» o il riferimento catastale nazionale.
print-heading = Titolo (facoltativo)
print-button = Crea il PDF
print-map-title = Estratto della mappa
print-alt = Mappa in scala 1:{ $scale } del Comune di { $comune }
print-crs = Coordinate: { $crs }
print-shown = Dati in vigore al { $date }
print-sources = Fonti: { $sources }
print-disclaimer = Valore informativo: per usi legali servono gli atti e i certificati.
print-dated = Stampata il { $date }
print-legend = Legenda
print-bad-paper = Il foglio «{ $value }» non esiste: sono a4, a4o, a3 e a3o.
print-bad-scale = La scala «{ $value }» non è ammessa: si va da 1:{ $min } a 1:{ $max }.
print-bad-centre = «{ $value }» non indica un punto: servono longitudine e latitudine in gradi.
print-no-centre = Manca il centro: indica una particella oppure longitudine e latitudine.
print-bad-layer = Il livello «{ $value }» non esiste.
print-bad-parcel = «{ $value }» non indica una particella di questo comune.
print-too-much = Nel riquadro ci sono troppi elementi: scegli una scala più grande, un foglio più piccolo o meno livelli.
print-busy = In questo momento si stampano troppi documenti. Riprova fra qualche secondo.
print-failed = Il documento non è riuscito. Riprova; se succede ancora, segnalalo con il numero della richiesta.

## Scheda di particella

sheet-title = Particella { $number } del foglio { $foglio }
sheet-subtitle = Scheda di particella · dati in vigore al { $date }
sheet-footer = Stampata il { $date } · { $url }
sheet-page = Pagina { "{n}" } di { "{m}" }
sheet-reference = Riferimento catastale nazionale
sheet-area = Superficie grafica
sheet-census = Superficie catastale
sheet-crs = Sistema di coordinate
sheet-zones = Che cosa prevede il piano
sheet-zones-none = Nessuna previsione del piano risulta su questa particella.
sheet-adopted = { $layer } (adottato, in salvaguardia)
sheet-column-zone = Codice
sheet-column-description = Descrizione
sheet-column-article = Norma
sheet-unassigned = Non zonizzato
sheet-constraints = Vincoli e pericolosità
sheet-constraints-none = Nessun vincolo risulta su questa particella nelle carte consultate.
sheet-column-what = Vincolo o classe
sheet-column-law = Riferimento
sheet-clear = Verificato anche, senza risultati
sheet-no-data = Senza dati
sheet-no-data-note = Di queste carte non ci sono dati per tutta la particella: non vuol dire che il vincolo non ci sia.
sheet-data = Dati e atti
sheet-in-force = in vigore dal { $date }
sheet-adopted-on = adottato il { $date }
sheet-column-layer = Carta
sheet-column-source = Fonte
sheet-column-version = Versione
sheet-column-since = In uso dal
sheet-disclaimer = Questa scheda ha valore informativo. Per gli atti serve il certificato di destinazione urbanistica (CDU), che rilascia il Comune.
sheet-map-cadastre = Mappa catastale
sheet-map-plan = Piano
sheet-map-caption = Scala 1:{ $scale } · { $crs } · croci ogni { $step } m
sheet-link = Scheda PDF

## Certificati

certificate-title = Certificato di destinazione urbanistica
certificate-lead = La bozza si compone dalle carte pubblicate; diventa certificato con la firma del responsabile.
certificate-parcels = Particelle
certificate-parcels-hint = Da 1 a 200, una per riga: «12 345» o il riferimento catastale nazionale.
certificate-applicant = Richiedente (come va stampato)
certificate-number = Numero di protocollo della richiesta
certificate-date = Data della richiesta
certificate-articles = Articoli delle norme
certificate-articles-full = per esteso
certificate-articles-reference = per rinvio
certificate-button = Componi la bozza
certificate-officers-only = Le bozze dei certificati le compone l'ufficio.
certificate-none = Indica almeno una particella.
certificate-too-many = { $count } particelle sono troppe: un certificato ne tiene al massimo 200.
certificate-bad-date = «{ $value }» non è una data: scrivila come 2026-11-24.
certificate-repeated = La particella { $reference } è indicata due volte.

verify-title = Verifica di un certificato
verify-lead = Scrivi il codice di verifica stampato sul certificato.
verify-code = Codice di verifica
verify-button = Verifica
verify-bad-code = «{ $text }» non è un codice di verifica: ha 20 lettere e cifre, come 7F3K9-Q2M4T-08XVB-C6HRN.
verify-unknown = Nessun certificato ha questo codice. Controlla di averlo copiato per intero.
verify-valid = Il certificato è valido fino al { $date }.
verify-expired = Il certificato è scaduto il { $date }.
verify-changed = Dopo il rilascio sono cambiati i dati di queste particelle: il certificato non descrive più la situazione attuale.
verify-newer = Dopo il rilascio sono state pubblicate versioni nuove di alcune carte, ma su queste particelle non cambia nulla.
verify-same = Dal rilascio nessuna carta del certificato è cambiata.
verify-not-compared = Ora non è possibile confrontare il certificato con i dati attuali.
verify-change-layer = Carta
verify-change-then = Nel certificato
verify-change-now = Oggi
verify-change-parcel = Particella
verify-nothing = nessuna previsione
verify-issued = Emesso il
verify-by = Emesso da
verify-until = Valido fino al
verify-parcels = Particelle
verify-files = File del certificato
verify-file-kind = File
verify-file-hash = Impronta SHA-256
verify-file-date = Registrato il
verify-draft = bozza stampata dal programma
verify-signed = documento firmato
verify-no-signed = Il documento firmato non è ancora stato registrato: finché non lo è, questa è soltanto una bozza.
verify-upload-title = Confronta un file
verify-upload-lead = Scegli il PDF che hai ricevuto: ne calcoliamo l'impronta e la confrontiamo. Il file non viene conservato.
verify-upload-label = File PDF
verify-upload-button = Confronta
verify-match-draft = Il file è identico alla bozza stampata dal programma.
verify-match-signed = Il file è identico al documento firmato registrato dall'ufficio.
verify-no-match = Il file non è nessuno di quelli registrati per questo certificato. La sua impronta è { $hash }.
verify-no-file = Non è arrivato nessun file.
verify-data = Scarica i dati del certificato (JSON)
verify-pdf = Scarica la bozza (PDF)
verify-register-title = Registra il documento firmato
verify-register-lead = Scegli il PDF firmato: se ne conserva l'impronta, e da allora la verifica lo riconosce.
verify-register-button = Registra
verify-registered = L'impronta del documento firmato è registrata.

## Atti nei documenti

document-act-adoption = Adozione
document-act-deposit = Deposito
document-act-observations = Termine per le osservazioni
document-act-submission = Trasmissione per l’approvazione
document-act-counter-deductions = Controdeduzioni
document-act-approval = Approvazione
document-act-publication = Pubblicazione
document-act-revocation = Revoca
document-act-annulment = Annullamento
document-act-other = Atto

# --- live layers
theme-pratiche = Pratiche
map-layer-practices = Vai alle pratiche

# --- office: identities
demo-professional = Dario Campione
demo-professional-role = Professionista
demo-professional-what = Prepara pratiche per altri, con la loro delega.
demo-administrator = Elena Tecnica
demo-administrator-role = Amministratrice
demo-administrator-what = Dice chi lavora in quale ufficio.
acting-for = per conto di { $name }
# --- map: compare and print
map-compare = Confronta
map-compare-close = Chiudi il confronto
map-compare-with = A destra
map-compare-adopted = Varianti adottate
map-compare-day = Un altro giorno
map-compare-day-label = In vigore al
map-compare-at = Posizione del divisorio
map-compare-share = %1 % della larghezza
map-compare-left = La mappa
map-compare-on = Confronto aperto: a destra %1.
map-compare-ended = Confronto chiuso.
map-print = Stampa questa vista

# --- zones and search in the norms
zones-title = Zone del piano
zones-lead = Le zone in cui il piano divide il territorio, con la parte che ne occupa ciascuna.
zones-none = Per questo comune non è pubblicata una mappa delle zone.
zones-column-zone = Zona
zones-column-share = Parte del territorio
zones-column-area = Superficie
zone-title = Zona { $code }
zone-class = Zona territoriale omogenea
zone-share = Parte del territorio
zone-count = Aree
zone-where = Dove si trova
zone-map = La zona { $code } nel territorio del comune: { $share } del totale
zone-near = Presso { $name }
zone-more = Sono elencate le aree più grandi; la mappa le mostra tutte.
zone-no-text = Il testo dell’articolo non è disponibile in questo momento.
norms-search = Cerca nelle norme
norms-search-button = Cerca
norms-found = Articoli con «{ $words }»: { $count }
norms-found-none = Nessun articolo contiene tutte queste parole nello stesso paragrafo. Prova con una parola sola.
norms-all = Tutti gli articoli
norm-inline = Testo: { $article }
# --- pages of the GIS staff
gis-title = Gestione delle mappe
gis-lead = I livelli del comune: che cosa è in vigore, da quando, chi l’ha caricato e che cosa aspetta.
gis-choose-comune = Scegli il comune.
gis-register = Registro delle operazioni
gis-register-lead = Ogni operazione è un anello della catena degli eventi: non si può cambiare né togliere.
gis-register-none = Non è ancora stato fatto nulla.
gis-column-layer = Livello
gis-column-current = In vigore
gis-column-features = Elementi
gis-column-loaded = Caricata
gis-column-newest = In attesa
gis-nothing-in-force = Nulla in vigore
gis-from = dal { $date }
gis-until = fino al { $date }
gis-from-until = dal { $from } al { $until }
gis-state-in-force = in vigore
gis-state-adopted = adottata
gis-state-planned = programmata
gis-state-past = non più in vigore
gis-state-waiting = da pubblicare
gis-state-faulty = con errori
gis-state-discarded = scartata
gis-act-when = Quando
gis-act-what = Che cosa
gis-act-who = Chi
gis-act-detail = Dettagli
gis-act-publish = Pubblicazione
gis-act-withdraw = Ritiro
gis-act-cancel = Annullamento
gis-act-load = Caricamento
gis-act-upload = File ricevuti
gis-act-discard = Scarto
gis-act-lineage = Genealogia
gis-act-request = Richiesta di pubblicazione
gis-act-plan = Piano
gis-act-style = Stile
gis-act-other = Altro
gis-done-published = Pubblicata: in vigore dal { $date }.
gis-done-unchanged = Era già in vigore in quel giorno: non è cambiato nulla.
gis-done-withdrawn = Ritirata: dal { $date } di questo livello non è in vigore nulla.
gis-done-cancelled = Atto annullato. Le risposte date finora restano com’erano.
gis-done-requested = Richiesta registrata: la pubblicazione aspetta la conferma di una seconda persona.
gis-bad-day = La data non si capisce: scrivila come 2026-01-31.
gis-no-reason = Scrivi il motivo: resta nel registro.
gis-long-reason = Il motivo è troppo lungo: al massimo 2.000 caratteri.
gis-fault-errors = Questa versione ha errori e non può essere pubblicata: guarda il rapporto, correggi il file e caricalo di nuovo.
gis-fault-not-in-force = In quel giorno di questo livello non è in vigore nulla: non c’è nulla da ritirare.
gis-fault-no-act = Questo atto non esiste o non si può annullare.
gis-fault-cancelled = Questo atto è già stato annullato.
gis-no-versions = Di questo livello non è ancora stato caricato nulla.
gis-versions = Versioni
gis-version = Versione { $version }
gis-of-plan = Fa parte di: { $plan }.
gis-loaded-by = Caricata da { $by }
gis-features-count = { $count } elementi
gis-vertices-count = { $count } vertici
gis-published-from = Pubblicata dal { $date }
gis-withdrawn-from = Ritirata dal { $date }
gis-cancelled-act = Annullato l’atto { $act }
gis-cancel = Annulla questo atto
gis-cancel-lead = Da ora l’atto non vale più, come se non ci fosse mai stato. Quello che è stato risposto finora non cambia.
gis-cancel-button = Annulla l’atto
gis-as-of = Com’era, come sarà
gis-as-of-day = Il giorno
gis-as-of-show = Guarda sulla mappa
gis-compare = Confronta
gis-compare-old = Prima
gis-compare-new = Dopo
gis-compare-show = Mostra le differenze
gis-compare-title = Dalla versione { $old } alla { $new }
gis-withdraw = Ritira
gis-withdraw-lead = Da quel giorno la mappa non mostra più questo livello. Le versioni restano e si possono ripubblicare.
gis-withdraw-button = Ritira il livello
gis-from-day = Dal giorno
gis-reason = Motivo
gis-reason-optional = Motivo (facoltativo)
gis-publish = Pubblica
gis-publish-button = Pubblica la versione { $version }
gis-rollback = Torna a questa versione
gis-rollback-button = Torna alla versione { $version }
gis-count-added = { $count ->
    [one] aggiunto
   *[other] aggiunti
}
gis-count-removed = { $count ->
    [one] tolto
   *[other] tolti
}
gis-count-changed = { $count ->
    [one] modificato
   *[other] modificati
}
gis-no-difference = Le due versioni sono uguali.
gis-picture = Anteprima
gis-picture-label = Gli elementi di questa versione sul confine del comune
gis-picture-difference = Gli elementi che differiscono tra le due versioni
gis-picture-show = Che cosa mostra la figura
gis-picture-both = Differenze
gis-picture-before = Prima (versione { $version })
gis-picture-after = Dopo (versione { $version })
gis-legend-before = com’era
gis-legend-after = com’è
gis-download-json = Scarica tutte le differenze (JSON)
gis-shown-first = { $count ->
    [one] Qui è elencata la prima: il file le ha tutte.
   *[other] Qui sono elencate le prime { $count }: il file le ha tutte.
}
gis-change-key = Elemento
gis-change-what = Che cosa cambia
gis-change-old-area = Superficie prima
gis-change-new-area = Superficie dopo
gis-change-moved = Superficie diversa
gis-change-values-column = Valori
gis-change-added = aggiunto
gis-change-removed = tolto
gis-change-outline = contorno
gis-change-values = valori
gis-download-report = Scarica le segnalazioni:
gis-map-hint = Ogni segno porta alla sua segnalazione: i triangoli sono errori.
gis-remedy = Che cosa fare:
gis-findings = { $count ->
    [one] { $count } segnalazione
   *[other] { $count } segnalazioni
}
gis-more = { $count ->
    [one] E un’altra: è nel file.
   *[other] E altre { $count }: sono nel file.
}
gis-passed = { $count ->
    [one] { $count } controllo superato
   *[other] { $count } controlli superati
}
gis-on-map = Vedi sulla mappa
gis-rule-empty = Nel file non c’è nessun elemento da registrare.
gis-fix-empty = Controlla di aver scelto il file, l’archivio e il livello giusti.
gis-rule-field = Nel file manca un campo: la colonna resta vuota.
gis-fix-mapping = Correggi le corrispondenze tra campi e colonne e carica di nuovo.
gis-rule-value = Un valore non va bene per la colonna: non è del tipo giusto o non è tra i valori previsti.
gis-rule-mapping = Come i campi del file riempiono le colonne.
gis-fix-none = Nulla: è un’informazione.
gis-rule-other-comune = L’elemento appartiene a un altro comune.
gis-fix-other-comune = Carica solo i file di questo comune, o controlla il codice nei dati.
gis-rule-duplicate = Lo stesso codice identifica più elementi.
gis-fix-duplicate = Rendi unico il codice nel file, o scegli un altro campo come chiave.
gis-rule-repaired = Una geometria non valida: qui si dice se è stata riparata e di quanto è cambiata la superficie. L’originale è conservato.
gis-fix-repaired = Controlla le riparazioni una per una; se una cambia troppo, correggi il file.
gis-rule-overlap = Due elementi che dovrebbero soltanto toccarsi si sovrappongono.
gis-rule-gap = Tra elementi che dovrebbero toccarsi c’è un vuoto.
gis-fix-coverage = Con il catasto è normale lungo i bordi dei fogli. Con un piano, fai correggere il disegno.
gis-rule-inside = Gli elementi non stanno nel comune, o stanno spostati.
gis-rule-crs = Il sistema di riferimento del file non è certo.
gis-fix-crs = Indica il sistema di riferimento giusto nel passo «Riconosciuto»: le ipotesi provate sono elencate qui.
gis-rule-accuracy = La trasformazione delle coordinate è poco accurata.
gis-fix-grids = Installa i grigliati dell’IGM per un’accuratezza di pochi centimetri.
gis-rule-encoding = La codifica delle lettere accentate è supposta.
gis-fix-encoding = Guarda i nomi di prova nel passo «Riconosciuto» e, se sono storpiati, scegli un’altra codifica.
gis-rule-geometry = La geometria ha un difetto.
gis-fix-geometry = Correggila nel file, o carica di nuovo con la riparazione.
gis-rule-archive = Che cosa c’è nell’archivio.
gis-rule-other = Una segnalazione della lettura.
gis-rule-spike = Il contorno ha una punta sottile.
gis-rule-sliver = Tra la zona e le particelle c’è una striscia sottile.
gis-rule-building = L’edificio esce dalla sua particella.
gis-fix-building = Segnalalo all’Agenzia o aggiorna la mappa dell’edificato.
gis-rule-article = L’elemento cita un articolo che le norme non hanno.
gis-fix-article = Carica le norme del piano, o correggi il numero dell’articolo.
gis-rule-census = La superficie censuaria e quella disegnata sono molto diverse.
gis-fix-census = Verifica la visura: può mancare un frazionamento.
# --- modulo: salvataggio, conflitti, sessione scaduta

form-conflict-keep = Tieni le risposte salvate e lascia perdere queste
form-other = Salvato nel frattempo:
form-other-nothing = nessuna risposta
form-not-saved = Non è stato possibile salvare: riproviamo da soli. Le risposte restano in questa pagina.
form-expired-title = La sessione è scaduta
form-expired = Quello che hai scritto non è andato perso: è ancora in questa pagina.
form-expired-sign-in = Accedi di nuovo in un'altra scheda
form-expired-back = Torna qui e salva.
form-expired-save = Salva quello che ho scritto
draft-ends = Questa bozza scade il { $day }: dopo quel giorno viene cancellata. Salva una pagina per tenerla più a lungo.

# --- ricevuta, messaggi, seguire con il codice

receipt-pdf-title = Ricevuta di presentazione
receipt-pdf-lead = L'istanza, la segnalazione o la comunicazione è stata presentata e registrata (L. 241/1990, art. 18-bis).
receipt-pdf-number = Numero di protocollo
receipt-pdf-moment = Data e ora di presentazione
receipt-pdf-applicant = Presentata da
receipt-pdf-next = Che cosa succede ora
receipt-pdf-term = Il comune risponde entro
receipt-pdf-filed = Che cosa è stato presentato
receipt-pdf-document = Documento
receipt-pdf-size = Grandezza
receipt-pdf-hash = Impronta SHA-256 di tutto ciò che è stato presentato: { $hash }
receipt-pdf-follow = Segui la pratica
receipt-pdf-follow-text = Con questo codice chiunque vede a che punto è la pratica, senza nomi né documenti: conservalo.
receipt-pdf-qr = Codice QR con l'indirizzo della pratica
receipt-pdf-footer = Protocollo { $number }
receipt-effect-communication = La comunicazione ha effetto dalla presentazione. Il comune può controllarla.
receipt-effect-application = L'ufficio la esamina e decide. Se manca qualcosa te lo chiede; il termine allora si ferma.
receipt-download = Scarica la ricevuta (PDF)
receipt-coming = La ricevuta in PDF è pronta entro un minuto: ricarica la pagina per scaricarla.
clock-pauses = Termine fermo per { $count ->
    [one] un giorno
   *[other] { $count } giorni
}
expected-decision = Ultimo giorno per decidere
expected-decision-provisional = Ultimo giorno per decidere, se il termine ripartisse oggi
next-step-answer = Rispondi alla richiesta
next-step-none = Prossimo passo: nessuno da parte tua.
action-message = Scrivi un messaggio
event-message = Messaggio
follow-title = Segui una pratica
follow-lead = Scrivi il codice che sta sulla ricevuta: vedi a che punto è la pratica.
follow-code = Codice per seguire la pratica
follow-button = Mostra la pratica
follow-unknown = Non c'è nessuna pratica con questo codice: controlla di averlo copiato tutto.
follow-states-only = Qui si vede soltanto a che punto è la pratica.
follow-whole = Accedi per vedere tutto

# --- aree disegnate

form-outside-comune = L'area esce dal territorio del comune: correggi il contorno
ground-conflict = Qualcun altro ha o chiede lo stesso suolo negli stessi giorni. Puoi presentare la domanda: decide l'ufficio.
ground-occupied = dal { $from } al { $to }: { $area } in comune
draw-map = Mappa su cui disegnare l'area
draw-hint = Fai clic sugli angoli dell'area, uno dopo l'altro. Con la tastiera: le frecce spostano la mappa sotto la croce, Invio mette un angolo, Cancella indietro lo toglie.
draw-undo = Togli l'ultimo angolo
draw-clear = Ricomincia
draw-corners = Angoli: %1
draw-typed = Scrivi le coordinate
draw-typed-help = Un vertice per riga, oppure incolla un GeoJSON con un solo poligono.
draw-noscript = Senza JavaScript la mappa non si disegna: scrivi le coordinate dei vertici o incolla un GeoJSON.
draw-no-map = La mappa non si può mostrare in questo browser: scrivi le coordinate.
# --- guided loads of the GIS staff
gis-load-lead = Un file, un archivio ZIP o più file insieme: SHP, GPKG, GML, GeoJSON, DXF, TAB e altri. Nulla va in vigore finché non lo pubblichi.
gis-load-files = File da caricare
gis-load-help = Al massimo { $most } per file. Se la linea cade, si riprende da dove si era arrivati.
gis-load-send = Carica e riconosci
gis-load-open = Caricamenti in corso
gis-load-no-files = Senza file
gis-load-uploading = i file stanno arrivando
gis-load-inspecting = Stiamo guardando che cosa c’è nei file…
gis-load-recognised = da indicare come leggerlo
gis-load-loading = Stiamo leggendo, registrando e controllando i dati…
gis-load-checked = controllato, da pubblicare
gis-load-published = pubblicato
gis-load-discarded = scartato
gis-load-died = interrotto
gis-load-died-lead = Il lavoro si è interrotto, forse per un riavvio. Quello che è in vigore non è cambiato: riprendi da qui o scarta.
gis-load-fault = L’ultimo passo non è riuscito; quello che è in vigore non è cambiato. Il motivo, come lo dice il programma:
gis-upload-none = Non è arrivato nessun file: scegline almeno uno.
gis-upload-many = I file sono troppi: mettili in un archivio ZIP.
gis-upload-name = «{ $name }» non può essere il nome di un file, o c’è due volte.
gis-upload-large = Un file è più grande di { $most }, il massimo che si può caricare.
gis-upload-disk = Il file non si è potuto salvare: forse il disco è pieno. Avvisa chi gestisce il server.
gis-upload-sending = Invio in corso
gis-upload-again = La linea è caduta: si riprova
gis-upload-cut = L’invio si è fermato. Quello che è arrivato resta: scegli di nuovo gli stessi file per riprendere.
gis-upload-progress = Avanzamento
gis-resume-lead = Scegli di nuovo gli stessi file: si riprende da dove si era arrivati.
gis-resume = Riprendi
gis-steps = Passi del caricamento
gis-step-file = File
gis-step-recognised = Riconosciuto
gis-step-mapping = Corrispondenze
gis-step-checks = Controlli
gis-step-publish = Pubblica
gis-discard = Scarta questo caricamento
gis-discard-lead = I file e la versione caricata si cancellano; nel registro resta scritto.
gis-wait-again = Aggiorna
gis-nothing-recognised = Nei file non si è riconosciuta nessuna mappa. Indica il formato o il sistema di riferimento e guarda di nuovo, o scarta.
gis-what-is-there = Che cosa c’è nei file
gis-format = Formato
gis-encoding = Codifica del testo
gis-extent = Estensione
gis-extent-label = L’estensione dei dati sul confine del comune
gis-extent-caption = In azzurro l’estensione dei dati, tratteggiato il confine del comune: se non si incontrano, il sistema di riferimento è sbagliato.
gis-crs-unknown = non noto: indicalo qui sotto
gis-crs-file = lo dice il file
gis-crs-prj = lo dice il file .prj
gis-crs-format = il formato ha sempre questo
gis-crs-declared = indicato da te
gis-field-count = { $count ->
    [one] { $count } campo
   *[other] { $count } campi
}
gis-field = Campo
gis-field-samples = Esempi
gis-how-to-read = Come leggere i file
gis-crs-help = Lascia vuoto per credere al file. Scrivi per esempio EPSG:3003.
gis-repair = Ripara le geometrie non valide (percento)
gis-repair-help = Di quanto può cambiare al massimo la superficie; vuoto: non si ripara nulla.
gis-look-again = Guarda di nuovo
gis-target = Livello da riempire
gis-target-help = ✓ il file ha tutti i campi che il livello si aspetta.
gis-next-mapping = Avanti: corrispondenze
gis-mapping-lead = Quali campi del file riempiono le colonne di: { $layer }.
gis-mapping-chosen = Le corrispondenze che hai scelto.
gis-mapping-remembered = Un file con gli stessi campi è già stato caricato: sono proposte le stesse corrispondenze.
gis-mapping-definition = Il file ha i campi che la definizione del livello si aspetta: non c’è nulla da indicare.
gis-mapping-suggested = Proposta fatta dai nomi dei campi e dal loro contenuto: controllala.
gis-mode = Da dove vengono i valori
gis-mode-definition = Come dice la definizione del livello
gis-mode-preset = Modello { $name }
gis-mode-own = Come indicato qui sotto
gis-own-columns = Colonna per colonna
gis-required = obbligatoria
gis-by-definition = Nella definizione: { $field }
gis-from-definition = Come dice la definizione
gis-from-constant = Un valore uguale per tutti
gis-from-content = Un codice ricavato dal contenuto
gis-constant = Valore uguale per tutti
gis-values-caption = Che cosa significano i valori del file
gis-value-in-file = Nel file
gis-value-means = Significa
gis-value-none = nessun valore
gis-value-unknown = com’è nel file (non previsto)
gis-next-checks = Avanti: carica e controlla
gis-keep-mapping = Salva e aggiorna i valori
gis-identical = Gli stessi file, letti nello stesso modo, sono già la versione { $version }: non è stato registrato nulla di nuovo.
gis-change-first = { $layer }, { $comune }: { $count } elementi, oggi non c’è nulla in vigore.
gis-change-sentence = { $layer }, { $comune }: +{ $added }, −{ $removed }, { $changed } modificati rispetto a oggi.
gis-next-publish = Avanti: pubblica
gis-back-mapping = Correggi le corrispondenze
gis-day-help = Oggi è il { $today }. Con una data futura entra in vigore da sola; con una passata vale da allora.
gis-reason-act = Atto o motivo (facoltativo)
gis-into-plan = Fa parte di un piano
gis-no-plan = No: pubblica da solo
gis-plan-help = Un piano si pubblica tutto insieme, con i suoi atti e le sue date.
gis-load = Carica un file
gis-load-new = Carica una nuova versione
gis-done-plan = La versione fa parte del piano: entra in vigore con la sua pubblicazione.
# --- zones and search in the norms

# --- layers as files
layer-download-gpkg = per QGIS e altri programmi, in { $crs }
layer-download-shp = archivio ZIP, in { $crs }; i nomi dei campi sono abbreviati a dieci lettere

# --- reports, ratings, pages of the comune
footer-contacts = Contatti
footer-declaration = Dichiarazione di accessibilità (AgID)
footer-legal = Note legali
site-declaration = Dichiarazione di accessibilità pubblicata sul sito di AgID
card-contest = Non torna? Segnalalo
report-privacy = Come trattiamo i dati che scrivi
reports-lead = Ciò che le persone segnalano come sbagliato, con quello che la scheda diceva in quel momento.
reports-open = Aperte
reports-closed = Chiuse
reports-none-closed = Nessuna segnalazione è stata chiusa.
reports-column-number = Numero
reports-column-at = Arrivata
reports-column-subject = Luogo
reports-column-layer = Tema
reports-column-text = Che cosa non torna
reports-column-status = Esito
reports-column-pieces = Che cosa c’era
reports-column-version = Versione
reports-state-open = Aperta
reports-state-closed = Chiusa
reports-contact = Dove rispondere
reports-answer = Risposta dell’ufficio
reports-already = Un’altra persona ha già chiuso questa segnalazione.
reports-note-missing = Scrivi che cosa è stato fatto, in non più di 2.000 caratteri.
reports-contested = contestato
reports-no-data = senza dati
reports-fault = non leggibile
reports-json = Gli stessi dati in JSON
rating-question = Quanto sono chiare le informazioni su questa pagina?
rating-star = Valuta { $stars } su 5
rating-title = La tua valutazione
rating-good-question = Quali sono stati gli aspetti che hai preferito?
rating-poor-question = Dove hai incontrato le maggiori difficoltà?
rating-good-clear = Le indicazioni erano chiare
rating-good-complete = Le indicazioni erano complete
rating-good-procedure = Capivo sempre che stavo procedendo correttamente
rating-good-technical = Non ho avuto problemi tecnici
rating-good-other = Altro
rating-poor-clear = A volte le indicazioni non erano chiare
rating-poor-complete = A volte le indicazioni non erano complete
rating-poor-procedure = A volte non capivo se stavo procedendo correttamente
rating-poor-technical = Ho avuto problemi tecnici
rating-poor-other = Altro
rating-more = Vuoi aggiungere altri dettagli?
rating-more-help = Massimo 200 caratteri; non scrivere dati personali.
rating-send = Invia
rating-thanks = Grazie, il tuo parere ci aiuterà a migliorare il servizio!
rating-back = Torna alla pagina
ratings-title = Valutazioni delle pagine
ratings-lead = Quanto le persone trovano chiare le pagine, da 1 a 5. Le valutazioni non sono legate a chi le dà.
ratings-none = Nessuna pagina è stata ancora valutata.
ratings-column-page = Pagine
ratings-column-count = Valutazioni
ratings-column-mean = Media
ratings-column-poor = Fino a 3
ratings-column-stars = Voto
ratings-column-reason = Perché
ratings-column-note = Dettagli
ratings-notes = Le ultime motivazioni
card-census = Superficie catastale (censuaria)
census-differs = differisce di oltre il 5 % da quella della mappa
verify-schema = com’è fatto

# --- room for documents
documents-no-room = Ora non c’è posto per nuovi documenti: quello che hai scritto resta, riprova più tardi
documents-quota = I documenti delle tue bozze superano insieme lo spazio che hai: togline uno, o invia una pratica
