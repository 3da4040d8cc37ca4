// Package store keeps what was collected, for ever: in a SQLite file, or in
// PostgreSQL where several collectors share the work.
//
//	page of events + cursor ── Put ──▶ store ── View ──▶ dora.Events   one snapshot
//	events of files ───────── Import ─▶      └─ Verify ─▶ sentences, one per damage
//
// Sources forget (GitHub drops runs after 400 days, people delete what they
// like), so the store is the record. Nothing that it was given is ever deleted;
// a record is replaced only by a version of it that is not older (rel/S12).
//
// # Words
//
// A record is one event, kept as the line that package events writes of it. A
// list is one resource of one repository: its records, what they cover, and the
// cursor behind the last page. A page and its cursor go in together or not at
// all, so a run that is killed anywhere goes on where it was (rel/S1). A record
// is missing when a full listing, a pass, does not name it any more; it still
// counts in every figure.
//
// Records name no repository: lines say "-" instead, and take the repository's
// current name as they are read, so a rename upstream touches none of them.
//
// # Damage
//
// SQLite does not notice most flipped bytes. Every record has a SHA-256 of its
// identity, version and line; every list has the number of its rows and the XOR
// of their sums, and a sum of its own; so has the catalogue of repositories,
// their names and lists, and choices. A View checks all that it reads and fails
// with ErrDamaged rather than be wrong. Sums find damage, not malice; what else
// a hostile file could do, such as bring triggers and views, is refused when it
// is opened.
//
// # Texts
//
// Both engines keep the same bytes (rel/S13, S14). In every text NUL becomes ␀
// (U+2400), bytes that are no UTF-8 become U+FFFD, and what is longer than 4 KiB
// is cut, with a mark that says its length and sum. A change whose line is
// longer than 1 MiB loses part of its longest lists and says so in Truncated.
// Times are whole seconds.
//
// # Sharing
//
// A Store may be used by any number of goroutines. On SQLite one process
// collects at a time, by a lock on a file beside the store; on PostgreSQL
// processes claim repositories. Neither needs a session: every transaction
// sets what it needs, nothing is prepared, so a pooler may stand between.
package store
