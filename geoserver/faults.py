"""What can go wrong at the edges: HTTP, storage, command line. Named for the fact, carrying values."""

from layers.errors import LayersError
from tiles.errors import Fault


class ServerError(Fault):
    """Root of the upper floor's errors."""


class NotLoopback(ServerError):
    """The server was asked to listen beyond this machine, where anyone on the way could read passwords."""

    code = "not-loopback"
    text = (
        "Host {host} reaches beyond this machine, where passwords could be read on the way. Give --tls-cert and "
        "--tls-key, or --behind-proxy with the address of a proxy that speaks TLS, or leave --host out."
    )


class UnknownHost(ServerError):
    """A request names a host that this server does not answer for."""

    code = "unknown-host"
    text = (
        "This server does not answer for the host {host}. Use http://127.0.0.1 or http://localhost, "
        "or have its operator name the host in GEOSERVER_ALLOWED_HOSTS."
    )


class Unencrypted(ServerError):
    """Somebody on another machine asks without TLS."""

    code = "unencrypted"
    text = (
        "This server is spoken to through its proxy, over TLS. The proxy says so in X-Forwarded-Proto, and who asks "
        "in X-Forwarded-For."
    )


class UnknownId(ServerError):
    """No record, building, area or tile has this id."""

    code = "unknown-id"
    text = "There is no {kind} with the id {id}."


class UnknownPath(ServerError):
    """Nothing is served at this path."""

    code = "unknown-path"
    text = "Nothing is at {path}. The operations are listed at /docs."


class WrongMethod(ServerError):
    """The path exists, but not for this method."""

    code = "wrong-method"
    text = "{path} does not answer {method}; it answers {allowed}."


class BadParameter(ServerError):
    """A value of a request cannot be used; names it, its value, what is wrong and the remedy."""

    code = "bad-parameter"
    text = "{parameter}: {value} {detail}"


class NoTile(ServerError):
    """The city has no such tile."""

    code = "no-tile"
    text = "There is no tile {path}."


class NotAccepted(ServerError):
    """No format that the caller accepts."""

    code = "bad-format"
    text = "f: {value} is not a format of this page. Use json or html."


class Stale(ServerError):
    """A write names another version than the one kept."""

    code = "stale-version"
    text = "{kind} {id} is at version {current}, not {seen}. Read it again and repeat the change."


class BadDatabase(ServerError):
    """The city's database cannot be used."""

    code = "bad-database"
    text = "{file}: {detail} {remedy}"


class SeriesUnusable(ServerError):
    """Files or tables of a series cannot be read or written; what was acknowledged before is still there."""

    code = "series-unusable"
    text = "{file} {detail} See that the disk has room and can be written to; the server goes on by itself then."


class BadKind(LayersError):
    """The command line named a kind that does not exist."""

    code = "bad-kind"
    text = "There is no kind {kind}. The kinds are: {kinds}."


class BadFile(ServerError):
    """A file named on the command line cannot be used."""

    code = "bad-file"
    text = "{file}: {detail} {remedy}"


class Internal(ServerError):
    """Something that should not happen did; the log has it."""

    code = "internal"
    text = "The server met an error of its own. Its log names it as {reference}."


class PortTaken(ServerError):
    """Another program listens at the port."""

    code = "port-taken"
    text = "Port {port} is taken by another program. Give another with --port, or stop that one."


class ForeignPage(ServerError):
    """A page of another site tries to write."""

    code = "foreign-page"
    text = "Changes are taken from this server's own pages and from programs, not from {origin}."


class Superseded(Stale):
    """If-Match names another version than the one kept."""


class MissingVersion(ServerError):
    """A change does not say which version was read."""

    code = "missing-version"
    text = "A change of {kind} {id} names the version that was read: If-Match, or version in the document."


class NothingToUndo(ServerError):
    """The journal has no row that could be undone."""

    code = "nothing-to-undo"
    text = "There is nothing to undo at row {seq} of the journal."


class TooLarge(ServerError):
    """More was sent than is taken at once."""

    code = "too-large"
    text = "{what}: {size} is more than the {limit} that are taken at once. Send it in parts."


class NoCoverage(ServerError):
    """The coverage of the city is asked for before it was ever worked out."""

    code = "no-coverage"
    text = "The coverage of the city is being worked out ({state}: {done} of {total}). Ask again in a while."


class NoTicket(ServerError):
    """A ticket for a stream is not good: unknown, used before, over, or another's."""

    code = "no-ticket"
    text = "This ticket is not good any more, or not yours. Ask for a new one: POST /api/streams/CAMERA/ticket."


class NoViewing(ServerError):
    """No viewing session of the caller's for this camera: unknown, ended, or another's."""

    code = "no-viewing"
    text = "You are not watching this camera, or not any more. Open its picture again."


class TooManyViewings(ServerError):
    """One log-in watches as many streams as it may."""

    code = "too-many-viewings"
    text = "{limit} pictures are open in this log-in already. Close some of them."


class NoStream(ServerError):
    """The camera has no such stream."""

    code = "no-stream"
    text = "The camera {camera} has no stream {stream}. It has: {known}."


class NoPictureYet(ServerError):
    """The stream has not sent a picture that can be shown."""

    code = "no-picture-yet"
    text = "No picture of this stream has come yet ({state}). Try again in a moment."


class LiveFull(ServerError):
    """As many follow the live feed as one process takes."""

    code = "live-full"
    text = "{limit} follow the live feed already, as many as this server takes. Try again later."


class NotSignedIn(ServerError):
    """The caller is nobody we know: no session or token, or one that has ended."""

    code = "not-signed-in"
    text = "Sign in first."


class BadSignIn(ServerError):
    """Name and password do not fit; which of the two is wrong, or whether the name exists, is not told."""

    code = "bad-sign-in"
    text = "Name and password do not fit. Check both, or ask an administrator for a new password."


class SignInPaused(ServerError):
    """Too many attempts failed."""

    code = "sign-in-paused"
    text = "Too many attempts failed. Wait {seconds} s and try again."


class NotAllowed(ServerError):
    """The caller is known and has no grant for this."""

    code = "not-allowed"
    text = "No grant of yours allows this ({action}, {kind}). Ask an administrator."


class PurposeNeeded(NotAllowed):
    """The grants that allow this ask for its purpose, and none was given."""

    code = "purpose-needed"
    text = "Say what this is for ({action}, {kind}): your grant asks for a purpose, which goes into the journal."


class NeedsAgreement(NotAllowed):
    """A grant of the caller allows this, once another person has agreed."""

    code = "needs-agreement"
    text = "This needs another person's agreement ({action}, {kind}). Ask for it: POST /api/agreements."


class AgreementAnswered(ServerError):
    """A request for agreement is not open any more."""

    code = "agreement-answered"
    text = "This request is not open any more ({state}). Ask again."


class PasswordDue(NotAllowed):
    """The caller has signed in with a one-time password and has not set one of their own."""

    code = "password-due"
    text = "This password was given for one time. Set one of your own first."


class BadPassword(ServerError):
    """A new password that cannot be taken; says what can, and never the password."""

    code = "bad-password"
    text = "This password is too short, too long or too easily guessed. Take {shortest} to {longest} characters."


class AccountExists(ServerError):
    """The name is taken."""

    code = "account-exists"
    text = "There is an account {name} already. Take another name."


class OwnAccount(ServerError):
    """An administrator would shut themselves out."""

    code = "own-account"
    text = "Nobody disables their own account or stops being an administrator by their own hand. Ask another one."


class BrokenSeal(ServerError):
    """A sealed value was changed, moved, or sealed with another key."""

    code = "broken-seal"
    text = "A sealed value cannot be opened with the keys of {file}. Give the key file that it was sealed with."


class PictureTooLarge(TooLarge):
    """A picture has more bytes or pixels than are taken."""

    code = "picture-too-large"
    text = "The picture has {size} {what}; at most {limit} are taken. Send it smaller."


class BadPicture(ServerError):
    """What was sent is no picture, or a broken one."""

    code = "bad-picture"
    text = "This is no whole picture. JPEG, PNG and WebP are taken."


class BadText(ServerError):
    """A text of a record cannot be kept."""

    code = "bad-text"
    text = "{kind} {id}: a text holds the character NUL, which cannot be kept. Leave it out."


class StoreNotEmpty(ServerError):
    """All of a dump is to be loaded into a store that holds something already."""

    code = "store-not-empty"
    text = (
        "{file} holds records already. A whole dump goes into an empty database: give another, or move this one away."
    )


class BadDump(ServerError):
    """A dump of everything cannot be loaded."""

    code = "bad-dump"
    text = "{file}: {part} {row}: {detail} Nothing was loaded. Give a dump as it was written."


class BadSealKey(ServerError):
    """The key that seals the journal cannot be used."""

    code = "bad-seal-key"
    text = "{file} {detail} Name a file with an Ed25519 key in PEM form in GEOSERVER_SEAL_KEY, or an absent one."


class IdTaken(ServerError):
    """Something that the caller does not see has the id that a new record was to have."""

    code = "id-taken"
    text = "The id {id} cannot be given to a {kind}. Give another, or none."


class CityWide(NotAllowed):
    """Figures of all cameras together are for those who may see all of them."""

    code = "city-wide"
    text = "This adds up all cameras of the city, and your grants do not reach all of them. Ask an administrator."


class BadExport(ServerError):
    """A file of journal rows is not as it was given out."""

    code = "bad-export"
    text = "{file} {detail}"


class KnownNumber(ServerError):
    """Something else was reported under the same number of a dispatch line, or with the same key."""

    code = "known-number"
    text = "Something else was reported as {id} already. Change that incident, or give another number."


class SteeringHeld(ServerError):
    """Somebody with at least the same priority steers the camera."""

    code = "steering-held"
    text = "{by} steers this camera until {until}. Ask them, or wait."


class CannotSteer(ServerError):
    """Nothing is there that could be steered, or not that way."""

    code = "cannot-steer"
    text = "Camera {camera} cannot be steered like that: {why}"


class SteeringFailed(ServerError):
    """A device or a platform did not do what it was told; says why, and never its address."""

    code = "steering-failed"
    text = "Camera {camera} was not steered: {why}"


class BeingChecked(ServerError):
    """A camera is checked at the moment; two checks of it would tell no more than one."""

    code = "being-checked"
    text = "Camera {camera} is being checked. Ask again in a moment."
