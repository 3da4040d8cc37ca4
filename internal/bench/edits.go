package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/rutter-dev/rutter/internal/bench/corpus"
)

// edit is a change of one page, and the words by which it can be seen.
type edit struct {
	page  int
	words string
	data  []byte // of the whole file
}

// editor makes edits of a corpus. Each has words of its own, so that the output
// of one cannot be taken for that of another.
type editor struct {
	content string
	made    int
}

// body changes the first word of a paragraph in the middle of a page.
func (e *editor) body(page int) (edit, error) {
	src, err := e.read(page)
	if err != nil {
		return edit{}, err
	}
	words := e.words()
	at := bytes.Index(src, []byte("\n## Section 2 "))
	if at < 0 {
		return edit{}, fmt.Errorf("page %d has no section 2", page)
	}
	at += bytes.Index(src[at:], []byte("\n\n")) + 2
	end := at + bytes.IndexByte(src[at:], ' ')
	return edit{page, words, bytes.Join([][]byte{src[:at], src[end:]}, []byte(words))}, nil
}

// title changes the title of a page, so that the page keeps its place among
// its neighbours.
func (e *editor) title(page int) (edit, error) {
	src, err := e.read(page)
	if err != nil {
		return edit{}, err
	}
	_, rest, ok := bytes.Cut(src, []byte("\n---\n"))
	if !ok {
		return edit{}, fmt.Errorf("page %d has no front matter", page)
	}
	words := corpus.Title(page) + " " + e.words()
	return edit{page, words, append(fmt.Appendf(nil, "---\ntitle: %s\n---\n", words), rest...)}, nil
}

func (e *editor) words() string {
	e.made++
	return "edit" + strconv.Itoa(e.made) + "made"
}

func (e *editor) file(page int) string {
	return filepath.Join(e.content, filepath.FromSlash(corpus.Name(page)))
}

func (e *editor) read(page int) ([]byte, error) { return os.ReadFile(e.file(page)) }

// save writes the edit as editors do: into another file, which then takes the
// page's place.
func (e *editor) save(d edit) error {
	name := e.file(d.page)
	next := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".new")
	if err := os.WriteFile(next, d.data, 0o644); err != nil {
		return fmt.Errorf("save an edit: %w", err)
	}
	if err := os.Rename(next, name); err != nil {
		return fmt.Errorf("save an edit: %w", err)
	}
	return nil
}

var link = regexp.MustCompile(`\(\.\./s\d+/p(\d+)\.md\)`)

// linked is a page that the edited one links to, and which names it among the
// pages that link there; the edited page itself where it links to none but
// itself.
func (d edit) linked() int {
	for _, m := range link.FindAllSubmatch(d.data, -1) {
		if to, err := strconv.Atoi(string(m[1])); err == nil && to != d.page {
			return to
		}
	}
	return d.page
}
