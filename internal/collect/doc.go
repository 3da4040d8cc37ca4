// Package collect brings what the figures of services rest on into the store:
// lists of GitHub, and histories of git.
//
//	[]dora.Service ── plan ──▶ tasks ── Run ──▶ store    page and cursor together
//	                                    └─────▶ Summary  what came, what is missing and why
//
// A task is one repository; several run at once, and several processes share
// them through claims in the store. Each list is read a page at a time by
// package github, and each page goes into the store together with the cursor
// behind it, so a run that ends anywhere goes on where it was.
//
// A list that could not be read to its end says so in its coverage, and never
// takes anything away from what the store holds: at worst its figures stay as
// of the last run that was whole. One bad repository does not stop the others;
// what does is a token that nobody accepts, a limit, the store, and the user.
package collect
