package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// handbook serves the content of e as a preview would that shows the page an
// edit is of on every page; each page is old for the first asks[page] requests
// after the save.
func handbook(t *testing.T, e *editor, words string, page int, asks map[int]int) reader {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(r.URL.Path), "p"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		data, err := e.read(page)
		if asks[n]--; err != nil || asks[n] >= 0 {
			data = bytes.ReplaceAll(data, []byte(words), nil)
		}
		w.Write(data)
	}))
	t.Cleanup(server.Close)
	return reader{base: server.URL, client: server.Client()}
}

func TestSeeWaitsForEveryPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		asks map[int]int
		late bool
	}{
		{"all at once", map[int]int{3: 4}, false},
		{"a neighbour is late", map[int]int{3: 1, 4: 3}, true},
		{"the last of them is late", map[int]int{9: 1}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := newEditor(t)
			d, err := e.title(3)
			if err != nil {
				t.Fatal(err)
			}
			r := handbook(t, e, d.words, 3, c.asks)
			took, late, err := r.see(t.Context(), e, d, 4, 9)
			if err != nil {
				t.Fatal(err)
			}
			if late != c.late {
				t.Errorf("late = %v, want %v", late, c.late)
			}
			if took <= 0 || took > time.Minute {
				t.Errorf("took %v", took)
			}
			for page, left := range c.asks {
				if left >= 0 {
					t.Errorf("it did not wait for page %d, which is old for %d more requests", page, left+1)
				}
			}
		})
	}
}

func TestListenerFindsTheAddress(t *testing.T) {
	t.Parallel()
	l := newListener(strings.NewReader("a finding\nServing on http://127.0.0.1:4711/ (end with Ctrl-C)\n1 of 30 pages, 3 ms\n"))
	<-l.ended
	select {
	case got := <-l.address:
		if want := "http://127.0.0.1:4711"; got != want {
			t.Errorf("address %q, want %q", got, want)
		}
	default:
		t.Errorf("no address in:\n%s", l.text())
	}
	if !strings.Contains(string(l.text()), "a finding\n") {
		t.Errorf("what the server said is lost: %q", l.text())
	}
}
