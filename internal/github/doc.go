// Package github reads the history of repositories from the API of a GitHub:
// their pull requests, deployments, issues, releases and runs of workflows.
//
//	names ────────── Client.Repositories ──▶ []Found   what and where they are, all problems at once
//	Want, state ──── Client.Read ──────────▶ Page      events of package dora, and the next state
//
// Read is called until a page is Done, and again in the next run. Everything it
// needs to go on lies in the state, which the caller keeps together with the
// events of the page: a run that ends after any request goes on behind the last
// page that was kept, and comes to the same records (rel/A24). A Client has no
// memory of its own.
//
// # What a list proves
//
// A page's span From..To is complete only where that was proved: not by the
// absence of errors, but by what the source says.
//
//   - Changes are listed by the time of their creation, which no later event
//     moves. Then passes over what was updated follow, newest first, each back
//     to the start of the one before it, until the first request of a pass
//     shows all that happened since. A pass is To.
//   - Deployments have no order of updates. Those of the last week are read
//     again in each run, and besides those that have not ended yet.
//   - Incidents are walked by the time of their update, oldest first, each
//     request from the last time of the one before: nothing can be moved
//     behind a place where the walk has been.
//   - Releases and lists over REST without such an order are read twice, and
//     must name the same items both times. An unchanged page costs nothing.
//   - Runs are asked for by spans of their creation, halved until GitHub lists
//     all that it counts.
//
// Where GraphQL counts a list, the records kept must be as many. If not, all is
// listed anew, as a numbered pass: what it does not name is missing upstream.
// Where no proof comes about, Status is partial, with a reason of package dora.
//
// # Single items
//
// GitHub fails on some items whenever they are asked for (rel/A11). The size of
// pages halves until such an item is alone; it is stepped over, remembered and
// tried again in the next run. An item without what makes it one (an id, a time
// of creation) is treated alike. A wrong record is never given out (rel/A14).
package github
