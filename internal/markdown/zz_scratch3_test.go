package markdown

import (
	"fmt"
	"os"
	"testing"
	"time"
)

func TestTime(t *testing.T) {
	if os.Getenv("BOMB") == "" {
		t.Skip()
	}
	for _, n := range []int{128 << 10, 1020 << 10} {
		for _, b := range bombs {
			page := b.page(n)
			s := time.Now()
			body, l := parse(page, Options{Metrics: true})
			d := time.Since(s)
			msg := ""
			for _, f := range l.All() {
				msg += f.Pos.String() + " " + f.Message[:40] + "; "
			}
			fmt.Printf("%7d %-25s %8.3fs out %d %s\n", len(page), b.name, d.Seconds(), len(body.HTML), msg)
		}
	}
}
