package chart

import (
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// Sign is what must stand above a figure whose data is not complete: a status
// in a word, and why, with a way out of each reason. It is zero for complete
// data: what is as it should be needs no sign.
type Sign struct {
	Word string // Partial, Stale, No data
	Text string // reading stopped at the rate limit. Run …
}

// String is the sign as one text.
func (s Sign) String() string {
	if s.Word != "" && s.Text == "" {
		return s.Word + "."
	}
	return join(": ", s.Word, s.Text)
}

// SignOf is the sign of a coverage (rel/G7).
func SignOf(c dora.Coverage) Sign {
	s := Sign{Text: causes(c.Reasons)}
	switch c.Status {
	case dora.Complete, "":
		return Sign{}
	case dora.Partial:
		s.Word = "Partial"
	case dora.Stale:
		s.Word = "Stale"
	default:
		s.Word = "No data"
	}
	return s
}

// doubtful reports whether what the data says may still change: it may hold
// only a part of what happened, so counts can grow and medians move.
func doubtful(c dora.Coverage) bool { return c.Status == dora.Partial || c.Status == dora.Stale }

// cause is why a coverage proves no more, and what brings the rest.
type cause struct{ what, remedy string }

// again is the way out where the next run goes on by itself.
const again = "Run rutter sync again: it goes on where it stopped"

// causeOf words a reason. One that this version does not know is shown as it is.
func causeOf(reason string) cause {
	switch reason {
	case dora.ShallowClone:
		return cause{"the clone is shallow", "Fetch the whole history: fetch-depth: 0 for actions/checkout, or git fetch --unshallow"}
	case dora.NoTag:
		return cause{"no tag matches the pattern", "Set deployments.pattern, or push a tag"}
	case dora.NoCoverageRecord:
		return cause{"nothing says which time the data covers", "Add a coverage record to the events"}
	case dora.CollectionGap:
		return cause{"a stretch of time was not collected", "Collect that time too: rutter sync --full reads everything anew"}
	case dora.CollectionPart:
		return cause{"collecting did not finish", again}
	case dora.NoCommonSpan:
		return cause{"the sources cover no time together", "Collect them all for the same time"}
	case dora.NotCollected:
		return cause{"something that the figures need was never collected", "Run rutter sync"}
	case dora.RateLimited:
		return cause{"reading stopped at the rate limit", "Run rutter sync again when the limit is over, which takes an hour at most: it goes on where it stopped"}
	case dora.Interrupted:
		return cause{"reading was interrupted", again}
	case dora.AccessDenied:
		return cause{"the token may not read all that the figures need", "Give it read access to Contents, Deployments, Issues and Pull requests, and run rutter sync again"}
	case dora.NoAccess:
		return cause{"a repository was not found with this token", "Check its name and what the token can see, and run rutter sync again"}
	case dora.Unavailable:
		return cause{"the source failed or did not answer", "Run rutter sync again later: it goes on where it stopped"}
	case dora.Malformed:
		return cause{"the source gave an answer that cannot be read", "Run rutter sync again later; if that does not help, look for a proxy that changes answers"}
	case dora.Unproven:
		return cause{"a list changed while it was read, so nothing proves that it is whole", again}
	case dora.ItemsMissing:
		return cause{"single items could not be read", "Run rutter sync again: it asks for them once more"}
	case dora.APICap:
		return cause{"the source lists no more than a fixed number of items", "Nothing brings the rest: older items may be missing"}
	case dora.TruncatedPart:
		return cause{"the source cuts long lists off, such as the commits of a very large pull request", "Nothing brings the rest: the start of such a change may be missing"}
	}
	return cause{what: strings.ReplaceAll(reason, "_", " ")}
}

// causes are sentences, each reason and its way out, to go on after a colon.
func causes(reasons []string) string {
	var b strings.Builder
	for _, r := range reasons {
		c := causeOf(r)
		for _, sentence := range []string{c.what, c.remedy} {
			if sentence == "" {
				continue
			}
			if b.Len() > 0 {
				sentence = " " + upper(sentence)
			}
			b.WriteString(sentence + ".")
		}
	}
	return b.String()
}

// CoverageWords say how much of its time the data proves: complete, 3 Jan 2025
// – 22 Nov 2026.
func CoverageWords(c dora.Coverage, zone *time.Location) string {
	status := string(c.Status)
	if c.Status == dora.Uncovered {
		return "none"
	}
	return join(", ", status, span(c.From.In(zone), c.To.In(zone)))
}
