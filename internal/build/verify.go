package build

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
)

// ErrDiffers is wrapped by the error of a verified build that would not have
// published what a clean one makes.
var ErrDiffers = errors.New("the build differs from a clean one")

// verify builds the site again without any memory and compares each file, by
// the SHA-256 of its bytes, with what is about to be published, and the
// findings.
func (b *Build) verify(ctx context.Context) error {
	opts := b.opts
	opts.NoCache = true
	s := Start(opts)
	defer s.Close()
	clean, err := s.Open(ctx)
	if err != nil {
		return fmt.Errorf("build the site again to compare: %w", err)
	}
	defer clean.Close()
	if err := clean.Write(ctx, nowhere{}); err != nil {
		return fmt.Errorf("build the site again to compare: %w", err)
	}
	if text(b.Findings) != text(clean.Findings) {
		return fmt.Errorf("%w: its findings are\n%sand those of the clean one\n%snothing was published. %s", ErrDiffers, text(b.Findings), text(clean.Findings), wayOut)
	}
	var differ []string
	for name, m := range b.session.made {
		if want, ok := s.made[name]; !ok || want.Sum != m.Sum {
			differ = append(differ, name)
		}
	}
	for name := range s.made {
		if _, ok := b.session.made[name]; !ok {
			differ = append(differ, name)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	slices.Sort(differ)
	shown := strings.Join(differ[:min(len(differ), 5)], ", ")
	if len(differ) > 5 {
		shown += ", …"
	}
	return fmt.Errorf("%w in %d of %d files: %s; nothing was published. %s", ErrDiffers, len(differ), len(s.made), shown, wayOut)
}

const wayOut = "Remove " + CacheDir + " and build again, and please report this"

// text is findings as a user sees them.
func text(l diag.List) string {
	var b strings.Builder
	l.WriteText(&b)
	return b.String()
}

// nowhere is an output that takes everything and has nothing, or says that it
// has everything.
type nowhere struct{ keep bool }

func (n nowhere) Keep(string, [sha256.Size]byte) (bool, error) { return n.keep, nil }
func (n nowhere) Write(string, []byte) error                   { return nil }
