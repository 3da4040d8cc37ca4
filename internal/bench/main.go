// Command bench measures what `rutter build` and `rutter serve` cost, beside
// two other programs in the same run: the floor (read, goldmark, chroma, write)
// and Hugo with a one-line layout. Absolute times say something about the
// machine; the ratios say something about Rutter.
//
//	corpus ─┬─ rutter: cold, nothing changed, one edit ─┐
//	        ├─ floor: cold                              ├─ medians ─▶ tables, ratios, targets
//	        ├─ Hugo: cold                               │
//	        └─ rutter serve: from save to new bytes ────┘
//
// Every program runs as a process of its own, in turn with the others, so that
// a disturbance of the machine meets all of them. See docs/performance.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	pages  []int
	rounds int // 0: by the number of pages
	edits  int // of a body under serve; titles get half as many
	hugo   bool
	rutter string // the program to measure
	output string // the document whose generated part is replaced
	folder string // where corpora and programs are; empty: a folder that is removed at the end
}

func parse(args []string, errors io.Writer) (options, error) {
	o := options{folder: os.Getenv("RUTTER_BENCH_DIR")}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(errors)
	f.Func("pages", "sizes of the corpora (default 1000,10000)", func(s string) error {
		for field := range strings.SplitSeq(s, ",") {
			n, err := strconv.Atoi(field)
			if err != nil || n < 3 {
				return fmt.Errorf("%q is no number of pages; the least is 3", field)
			}
			o.pages = append(o.pages, n)
		}
		return nil
	})
	f.IntVar(&o.rounds, "rounds", 0, "how often each program runs (default 5, from 5,000 pages on 3)")
	f.IntVar(&o.edits, "edits", 40, "body edits under serve at the largest corpus, and half as many of titles; 0 leaves serve out")
	f.BoolVar(&o.hugo, "hugo", true, "build Hugo and run it beside")
	f.StringVar(&o.rutter, "rutter", filepath.Join("bin", "rutter"), "the `program` to measure")
	f.StringVar(&o.output, "o", "", "the `document` whose generated part is replaced")
	err := f.Parse(args)
	if err == nil && (f.NArg() > 0 || o.rounds < 0 || o.edits < 0) {
		err = fmt.Errorf("nothing is expected after the flags, and no number below 0")
	}
	if len(o.pages) == 0 {
		o.pages = []int{1000, 10000}
	}
	slices.Sort(o.pages)
	o.pages = slices.Compact(o.pages)
	return o, err
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if o.folder == "" {
		o.folder, err = os.MkdirTemp("", "rutter-bench-")
		if err != nil {
			return fmt.Errorf("make a folder for the corpora: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.folder)) }()
	} else if o.folder, err = filepath.Abs(o.folder); err != nil {
		return err
	}
	// Relative to nothing, since the programs run in folders of their own.
	if o.rutter, err = filepath.Abs(o.rutter); err != nil {
		return err
	}
	p, err := programs(ctx, o, stderr)
	if err != nil {
		return err
	}
	b := bench{options: o, programs: p, log: stderr}
	r := report{machine: thisMachine(o.folder), programs: p, date: time.Now().UTC()}
	for _, n := range o.pages {
		s, err := b.builds(ctx, n)
		if err != nil {
			return err
		}
		r.sizes = append(r.sizes, s)
	}
	if o.edits > 0 {
		if r.preview, err = b.serve(ctx, o.pages[len(o.pages)-1]); err != nil {
			// Half an hour of builds is not thrown away for that.
			_, werr := io.WriteString(stdout, r.markdown())
			return errors.Join(err, werr)
		}
	}
	text := r.markdown()
	if o.output != "" {
		if err := replaceGenerated(o.output, text); err != nil {
			return err
		}
	}
	_, err = io.WriteString(stdout, text)
	return err
}
