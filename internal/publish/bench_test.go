package publish

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// BenchmarkPublish publishes a site of 2,000 folders with a page each, in a
// fresh Stage as a fresh process does. RUTTER_BENCH_PAGES is another number.
//
//	nothing, one, all: how many pages differ from those of the run before
//	plain: without a Cache, every page written
//	cache: with a Cache, the pages that stay kept by their sums
func BenchmarkPublish(b *testing.B) {
	pages := 2000
	if n, err := strconv.Atoi(os.Getenv("RUTTER_BENCH_PAGES")); err == nil {
		pages = n
	}
	fill := strings.Repeat("words of a page. ", 500)
	names := make([]string, pages)
	for i := range names {
		names[i] = fmt.Sprintf("s%d/p%d/index.html", i%20, i)
	}
	for _, changed := range []struct {
		name  string
		pages int
	}{{"nothing", 0}, {"one", 1}, {"all", pages}} {
		for _, cached := range []bool{false, true} {
			name := changed.name + map[bool]string{false: "/plain", true: "/cache"}[cached]
			b.Run(name, func(b *testing.B) {
				dir := filepath.Join(b.TempDir(), "public")
				opts := Options{}
				if cached {
					opts.Cache = dir + "-cache"
				}
				text := make([][]byte, pages)
				sums := make([][sha256.Size]byte, pages)
				for i := range names {
					text[i] = fmt.Append(nil, fill, i)
					sums[i] = sha256.Sum256(text[i])
				}
				run := func(changed int) {
					s, err := Open(context.Background(), dir, opts)
					if err != nil {
						b.Fatal(err)
					}
					defer s.Abort()
					for i, name := range names {
						if cached && i >= changed {
							if held, err := s.Keep(name, sums[i]); err != nil {
								b.Fatal(err)
							} else if held {
								continue
							}
						}
						if err := s.Write(name, text[i]); err != nil {
							b.Fatal(err)
						}
					}
					if res, err := s.Commit(); err != nil || changed < pages && res.Written != changed {
						b.Fatalf("%+v, %v; want %d pages written", res, err, changed)
					}
				}
				edit := func(round int) {
					for i := range changed.pages {
						text[i] = fmt.Append(nil, fill, i, " edit ", round)
						sums[i] = sha256.Sum256(text[i])
					}
				}
				run(pages)
				for round := range 2 { // a record and a spare come to be
					edit(-round)
					run(changed.pages)
				}
				round := 1
				for b.Loop() {
					edit(round)
					run(changed.pages)
					round++
				}
			})
		}
	}
}
