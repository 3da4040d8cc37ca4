// Package events reads and writes delivery events as NDJSON, one record a line:
// the interchange format of metrics.md.
//
//	.ndjson, .ndjson.gz ── Parse ──▶ dora.Events ── Write ──▶ .ndjson
//	                         └─────▶ diag.List   bad lines (RT533), unknown fields (RT535)
//
// Whoever deploys with other tools than those Rutter knows needs nothing but
// such a file. A line is an object whose "type" is coverage, commit, deployment,
// change or incident; metrics.md lists the fields of each. Times are RFC 3339
// in UTC, with a Z; fractions of a second are cut off. Ids are strings. Null is
// the same as no field. Required are:
//
//	coverage    repo, from, to
//	commit      repo, sha, parents, author_date, committer_date
//	deployment  id; service or repo; finished_at, created_at or statuses; status or statuses
//	change      repo, id, created_at
//	incident    id, opened_at
//
// Beyond metrics.md, a deployment may have "approximate": true, if its time is
// only that of its commit.
//
// Write sorts, so the same events give the same bytes whatever their order, and
// what Parse read from them Write writes again unchanged.
package events
