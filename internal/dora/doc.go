// Package dora turns delivery events into the five metrics of metrics.md, and
// into the rows behind each number.
//
//	Events ── NewSnapshot ──▶ []Snapshot ── NewLedger ──▶ Ledger ── Report ───▶ Report ──▶ WriteJSON, WriteCSV, WriteTable
//	                                   │                     └───── Explain ──▶ Explanation, with every row and its rule
//	                                   └── As ──▶ Comparison: the same by the definitions of other tools
//
// A stream is one service in one environment. From its events the ledger makes a
// book: the deployments in order, each in one class (metrics/D8), and the
// changes, each delivered at most once (metrics/C2). A team and the
// organisation are books too, pooled from those of their services, so that a
// median is never the average of medians (metrics/S2). Every period of a report
// is then read from a book.
//
// The package is pure: the same snapshots and options give the same bytes, on
// every machine and in whatever order the events came. It asks no clock; "now"
// is the as-of time of the snapshot (metrics/T2). Inputs are never changed, so
// that many snapshots may share the same Events.
//
// What is not here: where events come from (packages gitrepo, events), and how
// a report looks on a page (package chart).
package dora
