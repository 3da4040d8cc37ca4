// Package githubtest is a GitHub for tests: an organisation with a history of
// its own, served over real HTTP on the loopback.
//
//	seed, Size ── NewWorld ──▶ *World ── Start ──▶ *Server   REST, GraphQL and git
//	                             ├─ Mutate                   what people do, one change at a time
//	                             └─ Truth                    what a perfect collector would hold
//
// A World is made from its seed alone: no clock, no chance, the same bytes each
// time. Its clock is virtual; every request moves it on by a second. Commits are
// real objects of git on the empty tree, so their names are known without git,
// and a clone of the server gives the very commits that Truth lists.
//
// The answers have the shape of GitHub's: TestContract holds those of REST
// against GitHub's own OpenAPI document, and every GraphQL query is validated
// against GitHub's schema where that is installed (make deps). A query that the
// schema does not know, or the fake cannot answer, is a 400.
//
// Each row of the faults of GitHub can be switched on for single requests: see
// Fault and Faults. A World may be used by several goroutines at once.
package githubtest
