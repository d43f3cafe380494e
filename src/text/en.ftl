# The sentences that people read, in English. The same keys stand in it.ftl.
# The keys "map-" go to the map's script too.

## Site

site-name = Mappale
site-comune = Comune di { $name }
skip-content = Skip to content
skip-search = Skip to search
skip-map = Skip the map
nav-label = Main
nav-home = Home
nav-map = Map
menu = Menu
lang-label = Language
lang-it = Italiano
lang-en = English
sign-in = Sign in
sign-out = Sign out
footer-label = About this site
footer-accessibility = Accessibility statement
footer-privacy = Privacy notice
footer-report = Report a fault
footer-note = This is information only and does not replace certificates.

## Search

search-label = Find an address or a parcel
search-placeholder = Address or parcel
search-hint = For example:
search-button = Search
search-title = Search
search-results = { $count ->
    [one] One result
   *[other] { $count } results
}
search-first = { $count ->
    [one] This is the first one.
   *[other] These are the first { $count }.
}
search-more = Add the sheet (foglio) or the section (sezione) to narrow the search.
search-nothing = Nothing found for “{ $query }”
search-nothing-advice = Check the street, or the sheet (foglio) and the number. You can also look on the map. You can write it like this:
search-empty = Write a street with its house number, the name of a place, the sheet (foglio) and the number of the parcel (particella), or the national cadastral reference. For example:
search-group-parcels = Parcels
search-group-sheets = Sheets (fogli)
search-group-addresses = Addresses
search-group-streets = Streets
search-group-names = Places
search-houses = { $count ->
    [one] One house number
   *[other] { $count } house numbers
}
search-kind-localita = Locality
search-kind-quartiere = Quarter
search-kind-cascina = Farmstead (cascina)
search-kind-monte = Hill
candidates-title = Which parcel?
candidates-lead = Several parcels answer to “{ $query }”. Choose the one you are looking for.

## Home

home-lead = Find a parcel (particella) of the cadastre, see it on the map and read what we know about it.
home-open-map = Open the map
home-data = Published data
home-data-lead = With the day of publication.
home-all-layers = Descriptions and files to download
home-no-data = Nothing has been published for this municipality yet.
home-column-valid = Data as of
home-column-loaded = Published on
comuni-title = Choose the municipality (comune)
comuni-lead = This site shows the map of several municipalities.
comuni-none = No municipality is registered yet.

## Card

card-title = Parcel { $number }
card-short = { $foglio }{ $allegato } · { $number }
card-title-many = { $count ->
    [one] One parcel at this place
   *[other] { $count } parcels at this place
}
card-title-road = Public road
card-title-water = Water
card-title-no-parcel = No parcel
card-title-no-cadastre = Cadastre not available
card-title-outside = Outside the territory
card-title-failed = Data cannot be read now
card-sezione = Section (sezione) { $name }
card-foglio = Sheet (foglio) { $number }
card-allegato = Attachment (allegato) { $name }
card-sviluppo = Enlargement (sviluppo) { $name }
card-no-parcel = There is no parcel here on the cadastral map.
card-no-cadastre = We do not have the cadastre (catasto) of this place: we cannot say whether there is a parcel here.
card-outside = This place is outside the municipalities of this site.
card-failed = We cannot read the cadastre of this place at the moment. Try again shortly.
card-not-a-parcel-road = The cadastre draws it as a road: it is not a parcel that you can start an application (pratica) on.
card-not-a-parcel-water = The cadastre draws it as water: it is not a parcel that you can start an application (pratica) on.
card-as-of = As of { $date }
card-as-of-known = As of { $date }, as far as recorded until { $known }
card-overlap = Overlapping sheets
card-overlap-text = Two drawings of the cadastre overlap here: the point lies in more than one parcel. All of them are listed.
card-area = Area
card-area-map = { $area } (map)
card-area-note = Measured on the map’s drawing: it can differ from the one in the land register extract (visura).
card-code = Code on the map
card-reference = National cadastral reference
card-position = Chosen point
card-comune = Municipality (comune)
card-copy = Copy
card-copy-label = Copy the reference { $reference }
card-open = Open the page
card-open-label = Open the page: { $title }
card-open-map = Open on the map
card-share = Share
card-download = Download:
card-json = JSON
card-json-label = Download the data as JSON
card-geojson = GeoJSON
card-geojson-label = Download the outline as GeoJSON
card-data = { $title }: loaded on { $loaded }, version { $version }.
card-data-dates = Loaded on { $loaded }, version { $version }.
card-data-valid = The data describe the situation on { $valid }.
card-data-source = Source: { $source }.
card-disclaimer = For information only: this is not a certificate and does not replace the land register extract (visura catastale).
status-hit = found
status-clear = checked, nothing here
status-error = cannot be checked now
announce-parcel = { $title }, sheet { $foglio }, { $area }

## What is here

facts-zones = Zones of the plan
facts-checked = Also checked ({ $count })
facts-checked-note = We have the map of these themes: this is what it says here.
facts-missing = Without data ({ $count })
facts-reason-unloaded = no map of this municipality is published
facts-reason-uncovered = the published map does not cover this place
facts-reason-partly = the map covers only { $share } of the place, and has nothing there
facts-reason-outside = outside the municipalities of this site
facts-reason-deadline = the check took too long: try again
facts-adopted = Adopted plan: { $plan }
facts-adopted-note = Not yet in force, but works that contradict it are suspended (salvaguardia).
facts-adopted-since = Adopted on { $day }: not yet in force, but works that contradict it are suspended (salvaguardia).
facts-adopted-until = Salvaguardia ends on { $day }.
facts-remainder = Not classified by the plan
facts-covered = The map covers { $share } of the place: it says nothing of the rest.
facts-slivers = { $count ->
    [one] One thin sliver, which comes from the tolerance of the maps, is not counted.
   *[other] { $count } thin slivers, which come from the tolerance of the maps, are not counted.
}
facts-article = art. { $number }
facts-spoken-zones = zone { $zones }
facts-spoken-hits = { $count ->
    [one] one constraint or hazard
   *[other] { $count } constraints or hazards
}

## Changes of a map

changes-title = What changes
changes-lead = The parcels of which a map says different things on two days, with areas.
changes-layer = Theme
changes-from = From the day
changes-to = To the day (today, if empty)
changes-show = Show the parcels
changes-count = { $count ->
    [0] No parcel is touched
    [one] One parcel is touched
   *[other] { $count } parcels are touched
}
changes-shown = The first { $count } are listed here: the file has them all.
changes-period = From { $from } to { $to }.
changes-csv = Download the list (CSV)
changes-column-parcel = Parcel (particella)
changes-column-before = Before
changes-column-after = After

## Reporting an error

card-report = Report an error
report-title = Report an error
report-lead = What is wrong on this card? The report reaches the office that keeps the map, with the data that you read now.
report-layer = Which theme is it about?
report-layer-all = The whole card
report-text = What is wrong, and how it should be
report-contact = Where we can answer you (optional)
report-contact-note = An e-mail address or a telephone number. Only the office reads it.
report-send = Send the report
report-sent = Report no. { $number } has arrived. Thank you.
report-back = Back to the card
report-empty = Write what is wrong.
report-too-long = The text is too long: 2,000 letters are enough, and 200 for the contact.
report-too-many = Too many reports came in this hour: try again later.
reports-title = Reports
reports-none = No reports.
reports-number = No. { $number }
reports-evidence = What the card said
reports-note = What was done
reports-close = Close the report

## A parcel through time

card-history = Through time
history-title = The parcel through time
history-gone = it is no longer in the cadastre in force
history-cadastre = In the cadastre
history-no-steps = The cadastres loaded here show no change.
history-from = from
history-to = into
history-versions = versions { $versions }
history-split = Split (frazionamento)
history-merge = Merged (fusione)
history-rearrangement = Rearranged
history-renumbering = New number
history-boundary = Boundary drawn anew
history-created = Appeared
history-suppressed = Suppressed
history-plans = In the plan
history-no-plans = No plan of this municipality is recorded.
history-on-that-day = The card on that day
parcel-became = Parcel { $reference } is no longer in the cadastre in force: it became another.
parcel-successors = What it became

## Errors

error-bad-request = The address is not complete
error-bad-request-advice = Check the address, or start again from the search or the map.
error-forbidden = You cannot see this page
error-forbidden-advice = If you think you should, sign in with the right identity or ask the municipality.
error-not-found = We could not find what you are looking for
error-not-found-advice = Check the address, or search for the parcel by sheet (foglio) and number.
error-gone = This version is no longer here
error-gone-advice = The data have been replaced by a newer version: start again from the map.
error-unavailable = The service does not answer at the moment
error-unavailable-advice = Try again in a few minutes. What you have read so far still holds.
error-internal = Something went wrong on our side
error-internal-advice = Try again. If it happens again, report it with the code below.
error-to-map = Go to the map
error-to-home = Back to the home page
error-request = Request code:

## Demonstration sign-in

demo-title = Demonstration sign-in
demo-lead = This is a demonstration: choose the invented identity to go on with.
demo-citizen = Anna Prova
demo-citizen-role = Citizen
demo-citizen-what = Looks at the map and the parcel pages.
demo-clerk = Bruno Esempio
demo-clerk-role = GIS clerk
demo-clerk-what = Loads and publishes the data of the territory.
demo-officer = Carla Modello
demo-officer-role = Responsible officer (responsabile del procedimento)
demo-officer-what = Follows the office’s applications (pratiche).
demo-enter = Enter as { $name }

## The map page (for the script too)

map-title = Map
map-title-comune = Cadastral map of { $name }
map-region = Cadastral map. Arrow keys to move, plus and minus to zoom, Enter to choose the parcel at the centre, question mark for the list of keys.
map-panel = Details of the place
map-hint-title = Choose a parcel
map-hint = Tap or click the map to read about a parcel (particella).
map-hint-keyboard = With the keyboard: bring the map under the crosshair and press Enter.
map-noscript = The map needs JavaScript. The search and the parcel pages work without it.
map-no-webgl = This device cannot draw the map (WebGL is missing). The search and the parcel pages work all the same.
map-loading = Reading the details…
map-loading-map = Loading the map…
map-failed-title = The details did not arrive
map-failed = We could not read the details of this place.
map-failed-not-found-title = Parcel not found
map-failed-not-found = This parcel is not in the cadastre published here. It may have been split or merged.
map-retry = Try again
map-failed-link = Open the page of this place
map-style-failed = The map did not arrive. Check the connection and reload the page; the search works without it.
map-refreshed = The data of the map have been updated.
map-cleared = Selection cleared.
map-close = Close the details
map-panel-hide = Hide the panel
map-panel-show = Show the panel
map-sheet-larger = Make the details larger
map-sheet-smaller = Make the details smaller
map-copied = Copied
map-link-copied = Link copied
map-copy-failed = Copying failed: the link is in the address bar.
map-searching = Searching…
map-keys = Keys of the map
map-keys-open = Show the keys of the map
map-keys-close = Close
map-keys-arrows = Arrows
map-keys-move = move the map
map-keys-zoom = zoom in and out
map-keys-enter = Enter or Space
map-keys-select = chooses the parcel under the crosshair
map-keys-escape = Esc
map-keys-clear = clears the selection
map-keys-help = shows this list
map-zoom-in = Zoom in
map-zoom-out = Zoom out
map-fullscreen = Full-screen map
map-fullscreen-exit = Leave full screen
map-zoom-closer = Choose a sheet (foglio) to see its parcels
map-attribution = Show the sources

view-title = Parcels in view
view-of = the { $shown } nearest to the middle, of { $total }
view-none = No parcel in this part of the map.
chip-remove = Remove: { $title }

## Layers, legend and tools of the map

map-side = Layers and legend
map-side-open = Layers and legend
map-side-close = Close layers and legend
map-side-layers = Layers
map-presets = Ready-made views
map-preset-piano = Plan
map-preset-vincoli = Constraints
map-preset-rischio = Hazards
map-preset-catasto = Cadastre
map-preset-set = The map shows: %1.
map-layer-filter = Filter layers
map-layer-none = No layer of this name.
map-layer-info-short = About the layer
map-theme-count = %1 of %2
map-opacity = Opacity
map-legend = Legend
map-legend-in-view = Only what is in view
map-legend-none = Nothing with an entry is drawn here.
map-as-of = In force on
map-as-of-note = Map and cards show this day.
map-as-of-today = Back to today
map-as-of-set = Map and cards now show %1.
map-base = Background
map-base-chiara = Light
map-base-scura = Dark
map-base-contrasto = Contrast
map-results = Search results
map-results-count = Results: %1. Arrow keys choose one.
map-results-none = No results
map-results-all = See all %1 results
map-shown = On the map: %1
map-added = %1: added.
map-removed = %1: removed.
map-add-none = There is no parcel to add here.
map-add-several = Several parcels lie here: choose one in the list of those in view.
map-add-full = At most %1 parcels can be chosen together.
map-adding = Each click now adds a parcel to the chosen ones.
map-adding-ended = The next clicks choose a single parcel.
map-measure = Measure
map-measure-kind = What to measure
map-measure-length = Distance
map-measure-area = Area
map-measure-hint = Click on the map to set points. With the keyboard: Enter sets a point under the crosshair, Backspace takes the last one away.
map-measure-undo = Remove the last point
map-measure-clear = Start again
map-measure-close = Close measuring
map-measure-ended = Measuring closed.
map-measure-points = Points: %1
map-measured-area = %1 · perimeter %2
map-share = Share the map
map-share-link = Link to this view
map-share-embed = Code to put it into another page
map-share-note = The link holds position, layers and chosen parcels: no personal data.
map-copy = Copy
map-copy-failed-select = Could not copy: the text is selected, copy it with the keyboard.
map-coordinates = Coordinates
map-coordinates-center = Of the middle of the map.
map-coordinates-place = Of the place that you pointed at.
map-coordinates-failed = The coordinates did not arrive. Close and try again.
map-loading-coordinates = Calculating…
map-locate = Show where I am
map-locate-not-available = Your position is not available on this device
map-locate-failed = We cannot find out where you are. Check that you have allowed the use of your position.
map-located = Your position is on the map.
map-located-outside = You are outside the territory of this map.
map-embed-whole = Open the whole map
map-keys-shift-enter = Shift + Enter
map-keys-add = adds the parcel to the chosen ones
map-keys-search = goes to the search
map-keys-list = goes to the list of parcels in view
map-keys-measure = opens and closes measuring
map-keys-coordinates = shows the coordinates of the middle
map-keys-note = Letters work while the map has the focus. Shift and a click add a parcel, the right button shows coordinates.
layer-info = About: { $title }
layer-opacity = Opacity: { $title }
layer-licence = Licence: { $licence }.
layer-open = Page of the layer
card-add = Add

## Pages of layers

nav-layers = Layers
breadcrumb-label = Where you are
layers-title = Layers of the map
layers-lead = All the data that the map shows: what they are, whose they are, from when, and how to download them.
layer-features = { $count ->
    [one] One feature
   *[other] { $number } features
}
layer-theme = Theme
layer-source = Source
layer-licence-label = Licence
layer-version = version { $version }
layer-content = Content
layer-crs = Reference system
layer-geometry-polygon = areas
layer-geometry-line = lines
layer-geometry-point = points
layer-download = Download
layer-download-geojson = with geometries, in degrees (WGS84)
layer-download-csv = table, with a point for each feature
layer-fields = Fields
layer-field-label = What it says
layer-field-name = Name in files
layer-field-values = Values
layer-field-free = free

## Coordinates

coordinates-wgs84 = Latitude and longitude (WGS84)
coordinates-storage = System of the map
coordinates-gauss-boaga-west = Gauss-Boaga, western zone
coordinates-gauss-boaga-east = Gauss-Boaga, eastern zone
coordinates-accuracy = Accuracy of the transformation: about { $metres } m.

# Several parcels together

selection-title = Chosen parcels
selection-count = { $count ->
    [one] One parcel chosen
   *[other] { $count } parcels chosen
}
selection-area = { $area } in all
selection-contiguous = contiguous
selection-pieces = not contiguous: { $count } separate groups
selection-missing = Not in the cadastre in force:
selection-open = Open the list
selection-clear = Clear

# Addresses of parcels

parcel-not-understood = “{ $text }” is not a cadastral reference. It is written like this: X001_000300.21 (comune, sheet, parcel).
parcel-unknown = Parcel { $reference } is not in the cadastre in force. It may have been split or merged: look for its sheet on the map.
parcel-no-cadastre = We do not have the cadastre of the comune of parcel { $reference }.
parcel-before-first = On that day we have no cadastre of parcel { $reference }: it begins on { $day }.
parcel-nearest = The parcels with the nearest numbers

## Themes of the map

theme-piano = Urban plan
theme-vincoli = Constraints
theme-rischio = Hazards and noise
theme-catasto = Cadastre
theme-ambiente = Environment
theme-base = Base map
layer-imagery = Aerial picture

## Norms

norms-title = Norms
norms-none = The articles of this plan have not been loaded yet.
norm-article = Art. { $article }
norm-heading = Art. { $article } – { $title }
norm-from = from { $date }
norm-document = Open the document
norm-document-page = Open the document at page { $page }
norm-note = The text is given for easier reading: the approved one prevails.
plan-status-draft = not yet in force
plan-status-adopted = adopted
plan-status-in-force = in force
plan-status-replaced = replaced
plan-status-withdrawn = withdrawn

## Answers in forms

form-missing = There is no answer yet
form-missing-choice = Choose an answer
form-not-declared = This declaration is needed to go on
form-no-number = Write a number, such as 12.5
form-less = Write { $least } or more
form-more = Write { $most } or less
form-too-long = The text is too long: { $count } characters at most
form-no-day = Write a date that exists, such as 24/11/2026
form-no-choice = Choose one of the answers
form-no-tax-code = The tax code is not right: check its 16 letters and digits
form-no-vat-number = The VAT number is not right: check its 11 digits
form-no-email = Write an e-mail address such as name@example.org
form-no-phone = Write a telephone number, with its prefix if you like
form-no-parcel = “{ $line }” is no parcel: write sheet and number
form-no-unit = “{ $line }” is no unit: write sheet, parcel and sub
form-too-many = These are too many lines: { $count } at most
form-no-area = An outline needs three corners at least
form-no-corner = “{ $line }” is no corner: write two numbers, E and N
form-crossed-area = The outline crosses itself: list the corners around it

## Services

services-title = Services
services-lead = Everything you can ask or tell the comune, in plain words.
services-search = Search a service
services-nothing = No service answers “{ $query }”.
services-all = All services
service-suspended = Service suspended.
service-active = Service active
to-be-confirmed = To be confirmed
to-be-confirmed-short = to be confirmed
service-audience = Who it is for
service-how = How to do it
service-needed = What you need
service-documents = Documents
service-always = always
service-obtained = What you get
service-times = Times and deadlines
service-costs = What it costs
service-access = Use the service
service-access-lead = Begin on the map or write the parcel: see what holds there before you start.
service-selection = Sheet and parcel
service-from-parcel = Begin here
service-conditions = Conditions
service-contacts = Contacts
service-office = Who decides
service-responsible = Responsible officer
service-substitute = Who decides if they are late
service-hours = Hours
service-topics = Topics
can-do-title = What can I do here?
can-do-unknown = “{ $text }” does not name one parcel of this comune.
can-do-nothing-selected = Choose a parcel on the map, or write it here.
can-do-lead = For these parcels:
can-do-without-data = { $count ->
    [one] Of one theme we have no map here: where it matters we ask you, or the office checks.
   *[other] Of { $count } themes we have no map here: where they matter we ask you, or the office checks.
}
can-do-parcel = Sheet { $foglio }, parcel { $number }
can-do-too-many = { $count ->
    [one] It is filed for one parcel only.
   *[other] It is filed for { $count } parcels at most.
}
can-do-cost = Cost
can-do-from = from { $amount }
reason-blocks = Not possible here:
reason-ask = We will ask you whether:
reason-officer = The office checks whether:
reason-applies = Take note:
regime-communication = You tell it and begin at once
regime-notice = You tell it and begin at once; the comune controls within a term
regime-application = You ask, and the comune decides
term-days = { $count ->
    [one] one day
   *[other] { $count } days
}
term-working-days = { $count ->
    [one] one working day
   *[other] { $count } working days
}
term-months = { $count ->
    [one] one month
   *[other] { $count } months
}
term-years = { $count ->
    [one] one year
   *[other] { $count } years
}
nav-services = Services

## Practices

form-parcel-unknown = “{ $line }” does not name one parcel of the cadastre in force
form-yes = Yes
form-no = No
form-declared = Declared
form-optional = (optional)
form-why = Why do we ask?
form-not-yet = follows from the other answers
form-to-tasks = Back to the list
form-conflict = The draft was saved in another window or on another device in the meantime. Here is what you wrote: if you save, this counts.
form-problem = Something is to be mended
form-save-next = Save and continue
form-save-leave = Save and go back to the list
draft-saved = Saved: { $moment }.
draft-kept = The draft is kept until { $day }; each saving prolongs it.
draft-check = Check and send
draft-continue = Continue: { $name }
draft-leave = Leave, continue later
task-done = Done
task-todo = To do
task-problem = There is a problem
group-where = Where
group-who = Who
group-what = What
group-declarations = Declarations
group-documents = Documents
documents-title = Documents
documents-lead = Each document is kept as soon as it is uploaded; the last one counts.
documents-there = Uploaded:
documents-replace = Replace
documents-upload = Upload
documents-limits = { $formats }, { $count } MB at most.
documents-no-format = The file is of no format that is taken: its content counts, not its name
documents-too-large = The file is too large
documents-not-stored = The file was not stored: try again
documents-cut = The upload was cut off: try again
documents-empty = Choose a file that is not empty
check-title = Check your answers
check-change = Change
check-send = Send: { $title }
check-declaration = By sending you confirm the declarations. The register number comes at once.
mine-title = My practices
mine-nothing = You have no practices yet.
mine-drafts = Drafts
mine-filed = Filed
receipt-title = Filed
receipt-number = Register number (protocollo) { $number }
receipt-moment = Registered on { $moment }.
receipt-next = Keep the number: below you follow what happens.
practice-number = Register number (protocollo) { $number }
practice-conflict = Something else happened in the meantime: look at the timeline before you decide.
practice-due = by { $day }
practice-parcels = Parcels
practice-actions = What can be done now
practice-text = Text
practice-timeline = Timeline
practice-conditions = What the map said when it was filed
practice-answers = The answers
clock-day = Day { $day } of { $total }
clock-working-day = Working day { $day } of { $total }
clock-suspended = term suspended
clock-late = { $count ->
    [one] one day late
   *[other] { $count } days late
}
state-submitted = filed
state-in-review = in review
state-awaiting = more was asked for
state-effective = effective
state-in-control = in sample control
state-granted = granted
state-refused = refused
state-withdrawn = withdrawn
state-closed = closed
turn-office = It is the comune's turn
turn-you = It is your turn
turn-applicant = It is the applicant's turn
turn-nobody = Nothing to do
event-submitted = Filed and registered
event-assigned = Taken in charge
event-sample-drawn = Drawn for sample control
event-integration-requested = More was asked for: term suspended
event-integration-answered = Answer received: term goes on
event-granted = Granted
event-refused = Refused
event-control-closed = Control closed
event-withdrawn = Withdrawn by the applicant
action-assign = Take it
action-sample = Draw for sample control
action-integration = Ask for more
action-grant = Grant
action-refuse = Refuse
action-close-control = Close the control
action-answer = Answer the request
action-withdraw = Withdraw
forbidden-awaiting = The applicant's answer is awaited.
forbidden-not-taken = It must be taken first.
forbidden-clock = The law does not allow it in this term any more.
forbidden-other = Not possible now.
queue-title = Practices of the office
queue-nothing = No practice is open.
queue-days = Days
queue-number = Number
queue-procedure = Procedure
queue-place = Place
queue-turn = Whose turn
nav-mine = My practices
nav-desk = Desk
can-do-start = Begin

## Report of a load

load-title = Report of a load
load-version = Version
load-features = Features stored
load-left-out = Left out
load-has-errors = Errors stand: this version cannot be published.
load-no-errors = No errors: this version can be published.
load-files = Files
load-coordinates = Coordinates
load-accuracy = Accuracy
load-grids = Grids
load-unknown = unknown
load-none = none
load-checks = Checks
load-outcome = Outcome
load-rule = Rule
load-count = Count
load-message = Message
load-map = Where
load-map-label = Map of the findings over the boundary of the municipality
load-findings = Findings
load-no-findings = Nothing was found.
load-first = The first
load-severity = Severity
load-where = Place
load-info = information
load-warning = warning
load-error = error
load-passed = passed
load-no-data = no data

## Prints and documents

print-title = Print the map
print-lead = Choose paper and scale: the PDF is made of lines, and can be measured with a ruler.
print-paper = Paper
print-paper-a4 = A4 upright
print-paper-a4o = A4 lying
print-paper-a3 = A3 upright
print-paper-a3o = A3 lying
print-scale-label = Scale
print-scale = Scale 1:{ $scale }
print-centre = Middle of the map (longitude, latitude)
print-centre-hint = In degrees, such as 9.36000, 45.60000. It may stay empty where parcels are given.
print-parcels = Parcels to outline
print-parcels-hint = One a line, such as “12 345” or the national cadastral reference.
print-heading = Title (optional)
print-button = Make the PDF
print-map-title = Map extract
print-alt = Map at 1:{ $scale } of the municipality (comune) of { $comune }
print-crs = Coordinates: { $crs }
print-shown = Data in force on { $date }
print-sources = Sources: { $sources }
print-disclaimer = For information: legal uses need the acts and the certificates.
print-dated = Printed on { $date }
print-legend = Legend
print-bad-paper = There is no paper “{ $value }”: there are a4, a4o, a3 and a3o.
print-bad-scale = The scale “{ $value }” is not possible: from 1:{ $min } to 1:{ $max }.
print-bad-centre = “{ $value }” is no place: longitude and latitude in degrees are needed.
print-no-centre = The middle is missing: give a parcel, or longitude and latitude.
print-bad-layer = There is no layer “{ $value }”.
print-bad-parcel = “{ $value }” is no parcel of this municipality.
print-too-much = There is too much in the frame: choose a larger scale, a smaller sheet or fewer layers.
print-busy = Too many documents are being printed just now. Try again in some seconds.
print-failed = The document could not be made. Try again; if it happens again, report it with the number of the request.

## Parcel sheet

sheet-title = Parcel (particella) { $number } of sheet (foglio) { $foglio }
sheet-subtitle = Parcel sheet · data in force on { $date }
sheet-footer = Printed on { $date } · { $url }
sheet-page = Page { "{n}" } of { "{m}" }
sheet-reference = National cadastral reference
sheet-area = Area on the map
sheet-census = Area in the land register
sheet-crs = Coordinate system
sheet-zones = What the plan provides
sheet-zones-none = The plan provides nothing for this parcel.
sheet-adopted = { $layer } (adopted, safeguards apply)
sheet-column-zone = Code
sheet-column-description = Description
sheet-column-article = Norm
sheet-unassigned = Not zoned
sheet-constraints = Constraints and hazards
sheet-constraints-none = The maps that were looked at show no constraint on this parcel.
sheet-column-what = Constraint or class
sheet-column-law = Law
sheet-clear = Also checked, nothing found
sheet-no-data = Without data
sheet-no-data-note = These maps have no data for the whole parcel: that does not mean that there is no constraint.
sheet-data = Data and acts
sheet-in-force = in force since { $date }
sheet-adopted-on = adopted on { $date }
sheet-column-layer = Map
sheet-column-source = Source
sheet-column-version = Version
sheet-column-since = In use since
sheet-disclaimer = This sheet is for information. Deeds need the zoning certificate (certificato di destinazione urbanistica, CDU), issued by the municipality.
sheet-map-cadastre = Cadastral map
sheet-map-plan = Plan
sheet-map-caption = Scale 1:{ $scale } · { $crs } · crosses every { $step } m
sheet-link = PDF sheet

## Certificates

certificate-title = Zoning certificate (certificato di destinazione urbanistica)
certificate-lead = The draft is made from the published maps; it becomes a certificate with the signature of the responsible officer.
certificate-parcels = Parcels
certificate-parcels-hint = From 1 to 200, one a line: “12 345” or the national cadastral reference.
certificate-applicant = Applicant (as printed)
certificate-number = Register number of the request
certificate-date = Date of the request
certificate-articles = Articles of the norms
certificate-articles-full = in full
certificate-articles-reference = by reference
certificate-button = Make the draft
certificate-officers-only = Drafts of certificates are made by the office.
certificate-none = Give at least one parcel.
certificate-too-many = { $count } parcels are too many: a certificate holds 200 at most.
certificate-bad-date = “{ $value }” is no date: write it as 2026-11-24.
certificate-repeated = Parcel { $reference } is given twice.

verify-title = Verify a certificate
verify-lead = Enter the verification code that is printed on the certificate.
verify-code = Verification code
verify-button = Verify
verify-bad-code = “{ $text }” is no verification code: one has 20 letters and digits, such as 7F3K9-Q2M4T-08XVB-C6HRN.
verify-unknown = No certificate has this code. Check that it was copied in full.
verify-valid = The certificate is valid until { $date }.
verify-expired = The certificate expired on { $date }.
verify-changed = The data of these parcels have changed since the certificate was issued: it no longer describes the present situation.
verify-newer = New versions of some maps were published since, but nothing changes on these parcels.
verify-same = No map of the certificate has changed since it was issued.
verify-not-compared = The certificate cannot be compared with the present data just now.
verify-change-layer = Map
verify-change-then = In the certificate
verify-change-now = Today
verify-change-parcel = Parcel
verify-nothing = nothing
verify-issued = Issued on
verify-by = Issued by
verify-until = Valid until
verify-parcels = Parcels
verify-files = Files of the certificate
verify-file-kind = File
verify-file-hash = SHA-256
verify-file-date = Recorded on
verify-draft = draft printed by the program
verify-signed = signed document
verify-no-signed = The signed document is not recorded yet: until then this is a draft only.
verify-upload-title = Compare a file
verify-upload-lead = Choose the PDF that you received: we compute its hash and compare it. The file is not kept.
verify-upload-label = PDF file
verify-upload-button = Compare
verify-match-draft = The file is identical to the draft printed by the program.
verify-match-signed = The file is identical to the signed document recorded by the office.
verify-no-match = The file is none of those recorded for this certificate. Its hash is { $hash }.
verify-no-file = No file arrived.
verify-data = Download the data of the certificate (JSON)
verify-pdf = Download the draft (PDF)
verify-register-title = Record the signed document
verify-register-lead = Choose the signed PDF: its hash is kept, and from then on it is recognised here.
verify-register-button = Record
verify-registered = The hash of the signed document is recorded.

## Acts in documents

document-act-adoption = Adoption
document-act-deposit = Deposit
document-act-observations = Term for observations
document-act-submission = Submission for approval
document-act-counter-deductions = Answers to observations
document-act-approval = Approval
document-act-publication = Publication
document-act-revocation = Revocation
document-act-annulment = Annulment
document-act-other = Act

# --- live layers
theme-pratiche = Practices
map-layer-practices = Go to the practices

# --- office: identities
demo-professional = Dario Campione
demo-professional-role = Professional
demo-professional-what = Prepares applications (pratiche) for others, with their mandate.
demo-administrator = Elena Tecnica
demo-administrator-role = Administrator
demo-administrator-what = Says who works in which office.
acting-for = on behalf of { $name }
# --- map: compare and print
map-compare = Compare
map-compare-close = End the comparison
map-compare-with = On the right
map-compare-adopted = Adopted variants
map-compare-day = Another day
map-compare-day-label = In force on
map-compare-at = Position of the divider
map-compare-share = %1 % of the width
map-compare-left = The map
map-compare-on = Comparison open: on the right %1.
map-compare-ended = Comparison ended.
map-print = Print this view

# --- zones and search in the norms
zones-title = Zones of the plan
zones-lead = The zones into which the plan divides the territory, with the share of each.
zones-none = No map of zones is published for this municipality.
zones-column-zone = Zone
zones-column-share = Share of the territory
zones-column-area = Area
zone-title = Zone { $code }
zone-class = Homogeneous zone (zona territoriale omogenea)
zone-share = Share of the territory
zone-count = Areas
zone-where = Where it is
zone-map = Zone { $code } in the territory of the municipality: { $share } of the whole
zone-near = Near { $name }
zone-more = The largest areas are listed; the map shows them all.
zone-no-text = The text of the article is not available just now.
norms-search = Search the norms
norms-search-button = Search
norms-found = Articles with “{ $words }”: { $count }
norms-found-none = No article has all these words in one paragraph. Try a single word.
norms-all = All articles
norm-inline = Text: { $article }
# --- pages of the GIS staff
gis-title = Map management
gis-lead = The layers of the municipality: what is in force, since when, who loaded it, and what waits.
gis-choose-comune = Choose the municipality.
gis-register = Register of operations
gis-register-lead = Each operation is a link of the chain of events: it can be neither changed nor removed.
gis-register-none = Nothing has been done yet.
gis-column-layer = Layer
gis-column-current = In force
gis-column-features = Features
gis-column-loaded = Loaded
gis-column-newest = Waiting
gis-nothing-in-force = Nothing in force
gis-from = from { $date }
gis-until = until { $date }
gis-from-until = from { $from } to { $until }
gis-state-in-force = in force
gis-state-adopted = adopted
gis-state-planned = scheduled
gis-state-past = no longer in force
gis-state-waiting = to be published
gis-state-faulty = with errors
gis-state-discarded = discarded
gis-act-when = When
gis-act-what = What
gis-act-who = Who
gis-act-detail = Details
gis-act-publish = Publication
gis-act-withdraw = Withdrawal
gis-act-cancel = Cancellation
gis-act-load = Load
gis-act-upload = Files received
gis-act-discard = Discard
gis-act-lineage = Lineage
gis-act-request = Request to publish
gis-act-plan = Plan
gis-act-style = Style
gis-act-other = Other
gis-done-published = Published: in force from { $date }.
gis-done-unchanged = It was in force on that day already: nothing changed.
gis-done-withdrawn = Withdrawn: from { $date } nothing of this layer is in force.
gis-done-cancelled = The act is cancelled. Answers given until now stay as they were.
gis-done-requested = Request recorded: the publication waits for a second person.
gis-bad-day = The date is not understood: write it as 2026-01-31.
gis-no-reason = Write the reason: it stays in the register.
gis-long-reason = The reason is too long: 2,000 characters at most.
gis-fault-errors = This version has errors and cannot be published: see the report, mend the file and load it again.
gis-fault-not-in-force = On that day nothing of this layer is in force: there is nothing to withdraw.
gis-fault-no-act = There is no such act, or it cannot be cancelled.
gis-fault-cancelled = This act was cancelled already.
gis-no-versions = Nothing of this layer was loaded yet.
gis-versions = Versions
gis-version = Version { $version }
gis-of-plan = Part of: { $plan }.
gis-loaded-by = Loaded by { $by }
gis-features-count = { $count } features
gis-vertices-count = { $count } vertices
gis-published-from = Published from { $date }
gis-withdrawn-from = Withdrawn from { $date }
gis-cancelled-act = Act { $act } cancelled
gis-cancel = Cancel this act
gis-cancel-lead = From now on the act does not count, as if it had never been made. What was answered until now does not change.
gis-cancel-button = Cancel the act
gis-as-of = As it was, as it will be
gis-as-of-day = On the day
gis-as-of-show = See on the map
gis-compare = Compare
gis-compare-old = Before
gis-compare-new = After
gis-compare-show = Show the differences
gis-compare-title = From version { $old } to { $new }
gis-withdraw = Withdraw
gis-withdraw-lead = From that day the map does not show this layer. The versions stay and can be published again.
gis-withdraw-button = Withdraw the layer
gis-from-day = From the day
gis-reason = Reason
gis-reason-optional = Reason (optional)
gis-publish = Publish
gis-publish-button = Publish version { $version }
gis-rollback = Go back to this version
gis-rollback-button = Go back to version { $version }
gis-count-added = { $count ->
    [one] added
   *[other] added
}
gis-count-removed = { $count ->
    [one] removed
   *[other] removed
}
gis-count-changed = { $count ->
    [one] changed
   *[other] changed
}
gis-no-difference = The two versions are the same.
gis-picture = Preview
gis-picture-label = The features of this version over the boundary of the municipality
gis-picture-difference = The features that differ between the two versions
gis-picture-show = What the picture shows
gis-picture-both = Differences
gis-picture-before = Before (version { $version })
gis-picture-after = After (version { $version })
gis-legend-before = as it was
gis-legend-after = as it is
gis-download-json = Download all differences (JSON)
gis-shown-first = { $count ->
    [one] The first one is listed here: the file has all.
   *[other] The first { $count } are listed here: the file has all.
}
gis-change-key = Feature
gis-change-what = What changes
gis-change-old-area = Area before
gis-change-new-area = Area after
gis-change-moved = Area that differs
gis-change-values-column = Values
gis-change-added = added
gis-change-removed = removed
gis-change-outline = outline
gis-change-values = values
gis-download-report = Download the findings:
gis-map-hint = Each mark leads to its finding: triangles are errors.
gis-remedy = What to do:
gis-findings = { $count ->
    [one] { $count } finding
   *[other] { $count } findings
}
gis-more = { $count ->
    [one] And one more: it is in the file.
   *[other] And { $count } more: they are in the file.
}
gis-passed = { $count ->
    [one] { $count } check passed
   *[other] { $count } checks passed
}
gis-on-map = See on the map
gis-rule-empty = There is no feature to store in the file.
gis-fix-empty = Check that you chose the right file, archive and layer.
gis-rule-field = A field is missing in the file: the column stays empty.
gis-fix-mapping = Correct how fields and values fill the columns, and load again.
gis-rule-value = A value does not fit its column: it has the wrong type or is not among the values that exist.
gis-rule-mapping = How the fields of the file fill the columns.
gis-fix-none = Nothing: this is for information.
gis-rule-other-comune = The feature belongs to another municipality.
gis-fix-other-comune = Load only files of this municipality, or check the code in the data.
gis-rule-duplicate = The same key identifies several features.
gis-fix-duplicate = Make the key unique in the file, or choose another field as the key.
gis-rule-repaired = An invalid geometry: this says whether it was repaired and by how much its area changed. The original is kept.
gis-fix-repaired = Look at the repairs one by one; if one changes too much, mend the file.
gis-rule-overlap = Two features that should only touch overlap.
gis-rule-gap = There is a gap between features that should touch.
gis-fix-coverage = With the cadastre this is usual along the edges of sheets. With a plan, have the drawing corrected.
gis-rule-inside = The features are not in the municipality, or are shifted.
gis-rule-crs = The coordinate system of the file is not certain.
gis-fix-crs = Give the right coordinate system in the step “Recognised”: the hypotheses that were tried are listed here.
gis-rule-accuracy = The change of coordinates is not accurate.
gis-fix-grids = Install the grids of the IGM for an accuracy of a few centimetres.
gis-rule-encoding = The encoding of accented letters is supposed.
gis-fix-encoding = Look at the sample names in the step “Recognised” and choose another encoding if they are garbled.
gis-rule-geometry = The geometry has a fault.
gis-fix-geometry = Mend it in the file, or load again with repair.
gis-rule-archive = What is in the archive.
gis-rule-other = A finding of the reading.
gis-rule-spike = The outline has a thin spike.
gis-rule-sliver = There is a sliver between the zone and the parcels.
gis-rule-building = The building leaves its parcel.
gis-fix-building = Report it to the Agency, or update the map of buildings.
gis-rule-article = The feature names an article that the norms do not have.
gis-fix-article = Load the norms of the plan, or correct the number of the article.
gis-rule-census = The area of the census and the drawn one differ much.
gis-fix-census = Check the extract: a split may be missing.
# --- form: saving, conflicts, expired session

form-conflict-keep = Keep the answers that were saved and drop these
form-other = Saved meanwhile:
form-other-nothing = no answer
form-not-saved = It could not be saved: we try again by ourselves. Your answers stay in this page.
form-expired-title = Your session has ended
form-expired = What you wrote is not lost: it is still in this page.
form-expired-sign-in = Sign in again in another tab
form-expired-back = Come back here and save.
form-expired-save = Save what I wrote
draft-ends = This draft ends on { $day }: after that day it is deleted. Save a page to keep it longer.

# --- receipt, messages, following by code

receipt-pdf-title = Receipt of a submission
receipt-pdf-lead = What was submitted has been registered (L. 241/1990, art. 18-bis).
receipt-pdf-number = Register number (protocollo)
receipt-pdf-moment = Day and time of submission
receipt-pdf-applicant = Submitted by
receipt-pdf-next = What happens now
receipt-pdf-term = The comune answers by
receipt-pdf-filed = What was submitted
receipt-pdf-document = Document
receipt-pdf-size = Size
receipt-pdf-hash = SHA-256 of all that was submitted: { $hash }
receipt-pdf-follow = Follow the practice
receipt-pdf-follow-text = With this code anybody sees how the practice stands, without names or documents: keep it.
receipt-pdf-qr = QR code with the address of the practice
receipt-pdf-footer = Register number { $number }
receipt-effect-communication = The communication takes effect with its submission. The comune may control it.
receipt-effect-application = The office examines it and decides. If something is missing you are asked; the term then stands still.
receipt-download = Download the receipt (PDF)
receipt-coming = The receipt as PDF is ready within a minute: reload the page to download it.
clock-pauses = Term stood still for { $count ->
    [one] one day
   *[other] { $count } days
}
expected-decision = Last day to decide
expected-decision-provisional = Last day to decide, if the term went on today
next-step-answer = Answer the request
next-step-none = Next step: nothing on your side.
action-message = Write a message
event-message = Message
follow-title = Follow a practice
follow-lead = Write the code that is on the receipt: you see how the practice stands.
follow-code = Code to follow the practice
follow-button = Show the practice
follow-unknown = There is no practice with this code: check that you copied all of it.
follow-states-only = Here you see only how the practice stands.
follow-whole = Sign in to see everything

# --- drawn areas

form-outside-comune = The area leaves the territory of the comune: mend the outline
ground-conflict = Somebody else has or asks for the same ground on the same days. You may file all the same: the office decides.
ground-occupied = from { $from } to { $to }: { $area } in common
draw-map = Map on which the area is drawn
draw-hint = Click the corners of the area, one after the other. By keys: arrows move the map under the cross, Enter sets a corner, Backspace takes it away.
draw-undo = Take the last corner away
draw-clear = Begin again
draw-corners = Corners: %1
draw-typed = Write the coordinates
draw-typed-help = One corner a line, or paste a GeoJSON with a single polygon.
draw-noscript = Without JavaScript the map cannot be drawn on: write the coordinates of the corners or paste a GeoJSON.
draw-no-map = The map cannot be shown in this browser: write the coordinates.
# --- guided loads of the GIS staff
gis-load-lead = A file, a ZIP archive or several files together: SHP, GPKG, GML, GeoJSON, DXF, TAB and others. Nothing is in force until you publish it.
gis-load-files = Files to load
gis-load-help = At most { $most } a file. If the connection drops, it goes on from where it was.
gis-load-send = Upload and recognise
gis-load-open = Loads under way
gis-load-no-files = Without files
gis-load-uploading = files are arriving
gis-load-inspecting = Looking at what is in the files…
gis-load-recognised = how to read it is to be said
gis-load-loading = Reading, storing and checking the data…
gis-load-checked = checked, to be published
gis-load-published = published
gis-load-discarded = discarded
gis-load-died = interrupted
gis-load-died-lead = The work was interrupted, perhaps by a restart. What is in force has not changed: go on from here or discard.
gis-load-fault = The last step did not succeed; what is in force has not changed. The reason, as the program says it:
gis-upload-none = No file arrived: choose at least one.
gis-upload-many = There are too many files: put them into a ZIP archive.
gis-upload-name = “{ $name }” cannot be the name of a file, or is there twice.
gis-upload-large = A file is larger than { $most }, the most that can be loaded.
gis-upload-disk = The file could not be stored: perhaps the disk is full. Tell those who run the server.
gis-upload-sending = Sending
gis-upload-again = The connection dropped: trying again
gis-upload-cut = Sending has stopped. What arrived stays: choose the same files again to go on.
gis-upload-progress = Progress
gis-resume-lead = Choose the same files again: sending goes on from where it was.
gis-resume = Go on
gis-steps = Steps of the load
gis-step-file = File
gis-step-recognised = Recognised
gis-step-mapping = Correspondence
gis-step-checks = Checks
gis-step-publish = Publish
gis-discard = Discard this load
gis-discard-lead = The files and the loaded version are removed; the register keeps note of it.
gis-wait-again = Refresh
gis-nothing-recognised = No map was recognised in the files. Give the format or the coordinate system and look again, or discard.
gis-what-is-there = What is in the files
gis-format = Format
gis-encoding = Encoding of text
gis-extent = Extent
gis-extent-label = The extent of the data over the boundary of the municipality
gis-extent-caption = Blue: the extent of the data; dashed: the boundary of the municipality. If they do not meet, the coordinate system is wrong.
gis-crs-unknown = not known: give it below
gis-crs-file = the file says so
gis-crs-prj = the .prj file says so
gis-crs-format = the format always has this one
gis-crs-declared = given by you
gis-field-count = { $count ->
    [one] { $count } field
   *[other] { $count } fields
}
gis-field = Field
gis-field-samples = Samples
gis-how-to-read = How to read the files
gis-crs-help = Leave empty to believe the file. Write for example EPSG:3003.
gis-repair = Repair invalid geometries (percent)
gis-repair-help = By how much the area may change at most; empty: nothing is repaired.
gis-look-again = Look again
gis-target = Layer to be filled
gis-target-help = ✓ the file has all fields that the layer expects.
gis-next-mapping = Next: correspondence
gis-mapping-lead = Which fields of the file fill the columns of: { $layer }.
gis-mapping-chosen = The correspondence that you chose.
gis-mapping-remembered = A file with the same fields was loaded before: the same correspondence is offered.
gis-mapping-definition = The file has the fields that the definition of the layer expects: nothing is to be said.
gis-mapping-suggested = Suggested by the names of fields and by what is in them: check it.
gis-mode = Where values come from
gis-mode-definition = As the definition of the layer says
gis-mode-preset = Preset { $name }
gis-mode-own = As given below
gis-own-columns = Column by column
gis-required = required
gis-by-definition = In the definition: { $field }
gis-from-definition = As the definition says
gis-from-constant = The same value for all
gis-from-content = A code made from the content
gis-constant = The same value for all
gis-values-caption = What the values of the file mean
gis-value-in-file = In the file
gis-value-means = Means
gis-value-none = no value
gis-value-unknown = as in the file (not expected)
gis-next-checks = Next: load and check
gis-keep-mapping = Save and refresh the values
gis-identical = The same files, read in the same way, are version { $version } already: nothing new was stored.
gis-change-first = { $layer }, { $comune }: { $count } features; nothing is in force today.
gis-change-sentence = { $layer }, { $comune }: +{ $added }, −{ $removed }, { $changed } changed against today.
gis-next-publish = Next: publish
gis-back-mapping = Correct the correspondence
gis-day-help = Today is { $today }. With a day to come it comes into force by itself; with one in the past it counts from then.
gis-reason-act = Act or reason (optional)
gis-into-plan = Part of a plan
gis-no-plan = No: publish it alone
gis-plan-help = A plan is published as a whole, with its acts and days.
gis-load = Load a file
gis-load-new = Load a new version
gis-done-plan = The version is part of the plan: it comes into force with its publication.
# --- zones and search in the norms

# --- layers as files
layer-download-gpkg = for QGIS and other programs, in { $crs }
layer-download-shp = ZIP archive, in { $crs }; names of fields are cut to ten letters

# --- reports, ratings, pages of the comune
footer-contacts = Contacts
footer-declaration = Accessibility declaration (AgID)
footer-legal = Legal notes
site-declaration = Accessibility declaration published on AgID’s site
card-contest = Not right? Report it
report-privacy = How we treat what you write
reports-lead = What people report to be wrong, with what the card said at that moment.
reports-open = Open
reports-closed = Closed
reports-none-closed = No report has been closed.
reports-column-number = Number
reports-column-at = Arrived
reports-column-subject = Place
reports-column-layer = Topic
reports-column-text = What is wrong
reports-column-status = Answer
reports-column-pieces = What was there
reports-column-version = Version
reports-state-open = Open
reports-state-closed = Closed
reports-contact = Where to answer
reports-answer = Answer of the office
reports-already = Somebody else has closed this report already.
reports-note-missing = Write what was done, in no more than 2,000 characters.
reports-contested = contested
reports-no-data = no data
reports-fault = not readable
reports-json = The same data as JSON
rating-question = How clear is the information on this page?
rating-star = Rate { $stars } out of 5
rating-title = Your rating
rating-good-question = What did you like best?
rating-poor-question = Where did you have most trouble?
rating-good-clear = The instructions were clear
rating-good-complete = The instructions were complete
rating-good-procedure = I always knew that I was on the right way
rating-good-technical = I had no technical problems
rating-good-other = Something else
rating-poor-clear = Sometimes the instructions were not clear
rating-poor-complete = Sometimes the instructions were not complete
rating-poor-procedure = Sometimes I did not know whether I was on the right way
rating-poor-technical = I had technical problems
rating-poor-other = Something else
rating-more = Would you like to add details?
rating-more-help = At most 200 characters; please write no personal data.
rating-send = Send
rating-thanks = Thank you, your opinion will help us to improve the service!
rating-back = Back to the page
ratings-title = Ratings of pages
ratings-lead = How clear people find the pages, from 1 to 5. Ratings are not tied to who gives them.
ratings-none = No page has been rated yet.
ratings-column-page = Pages
ratings-column-count = Ratings
ratings-column-mean = Mean
ratings-column-poor = Up to 3
ratings-column-stars = Stars
ratings-column-reason = Why
ratings-column-note = Details
ratings-notes = The newest reasons
card-census = Area in the land register (superficie catastale)
census-differs = differs by more than 5 % from that of the map
verify-schema = its format

# --- room for documents
documents-no-room = There is no room for more documents now: what you wrote stays, try again later
documents-quota = The documents in your drafts are together more than the space you have: take one out, or file a practice
