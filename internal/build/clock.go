package build

import (
	"fmt"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
)

// reviews reports reviews that lie in the future, and pages that are due for
// another. Only a command that says what day it is hears of them: what is
// published never depends on the day it was built on.
func (b *Build) reviews() {
	if b.opts.Today == nil || !b.typed {
		return
	}
	today := b.opts.Today()
	for _, p := range b.Site.Pages {
		r := p.Meta.Review
		if r == nil || r.On.At.IsZero() {
			continue
		}
		if r.On.At.After(today.AddDate(0, 0, 1)) { // somewhere it may be tomorrow already
			b.Findings.Warnf(r.On.Pos, diag.ReviewAhead, "the review is in the future (%s)", r.On).Hint = "write the day on which somebody read the whole page"
			continue
		}
		if p.Every.N == 0 {
			continue
		}
		if due := p.Every.After(r.On.At); due.Before(today) {
			f := b.Findings.Warnf(r.On.Pos, diag.ReviewDue, "the page is due for a review since %s", due.Format(time.DateOnly))
			f.Hint = "read the whole page, mend what is wrong, and write the day here"
			if p.Owner != "" {
				f.Hint += fmt.Sprintf("; %s answers for it", p.Owner)
			}
		}
	}
}
