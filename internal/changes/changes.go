// Package changes says what is different between two states of a handbook, by
// what it means for its readers: who answers for a process now, which step is
// gone, whom it concerns.
//
//	handbook.json ── Read ──▶ before ──┐
//	handbook.json ── Read ──▶ after ───┴─ Compare ──▶ Report ── Text, Markdown, JSON
//
// It compares what package graph exports and sees no pages. What it reads may
// come from anybody, such as the build of a pull request: titles are shown as
// the plain text that they are.
package changes

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/rutter-dev/rutter/internal/graph"
)

// Schema names the form of a Report as JSON.
const Schema = "rutter.diff/1"

// Kind is what has changed.
type Kind string

// The kinds, in the order of a Report.
const (
	PageAdded      Kind = "page_added"
	PageRemoved    Kind = "page_removed"
	PageMoved      Kind = "page_moved"
	PageRetitled   Kind = "page_retitled"
	Accountable    Kind = "accountable"
	Responsible    Kind = "responsible"
	Consulted      Kind = "consulted"
	Informed       Kind = "informed"
	StepAdded      Kind = "step_added"
	StepRemoved    Kind = "step_removed"
	StepRenamed    Kind = "step_renamed"
	StepsReordered Kind = "steps_reordered"
	StepDoers      Kind = "step_doers"
	Inputs         Kind = "inputs"
	Outputs        Kind = "outputs"
	Owner          Kind = "owner"
	Reference      Kind = "reference"
	Status         Kind = "status"
	Review         Kind = "review"
	TermAdded      Kind = "term_added"
	TermRemoved    Kind = "term_removed"
	TermRedefined  Kind = "term_redefined"
	TextOnly       Kind = "text"
)

// groups are the headings under which people find the kinds.
var groups = []struct {
	title string
	kinds []Kind
}{
	{"Pages", []Kind{PageAdded, PageRemoved, PageMoved, PageRetitled}},
	{"Who takes part", []Kind{Accountable, Responsible, Consulted, Informed}},
	{"Steps", []Kind{StepAdded, StepRemoved, StepRenamed, StepsReordered, StepDoers}},
	{"What goes in and comes out", []Kind{Inputs, Outputs}},
	{"Owners", []Kind{Owner}},
	{"References", []Kind{Reference}},
	{"Status and reviews", []Kind{Status, Review}},
	{"Terms", []Kind{TermAdded, TermRemoved, TermRedefined}},
	{"Text only", []Kind{TextOnly}},
}

// Report is what has changed between two states of a handbook, and whom that
// concerns.
type Report struct {
	Schema   string   `json:"schema"`
	Changes  []Change `json:"changes"` // in the order of kinds, then of pages
	Affected Affected `json:"affected"`
}

// Change is one difference. The same difference of several pages that inherit it
// is one.
type Change struct {
	Kind   Kind     `json:"kind"`
	Pages  []Page   `json:"pages,omitempty"`  // that it is on; as they were, where they are gone
	Field  string   `json:"field,omitempty"`  // the key of the front matter
	Part   string   `json:"part,omitempty"`   // of the page: a step, a chapter, a control
	Before []string `json:"before,omitempty"` // names of pages, or texts
	After  []string `json:"after,omitempty"`
	Text   string   `json:"text"`            // the change as a sentence
	Roles  []Page   `json:"roles,omitempty"` // that it concerns
	Paths  []Page   `json:"paths,omitempty"` // reading paths that lead through the pages

	say sentence // Text, with its links
}

// Page is a page that a change is about.
type Page struct {
	Name    string `json:"name"`           // "role:qa"
	Path    string `json:"path,omitempty"` // of its file; "": it has none
	Address string `json:"address"`        // of a page that is there
	Title   string `json:"title"`

	there bool // in the state after
}

// Affected is whom all changes together concern.
type Affected struct {
	Pages int    `json:"pages"` // that have changed
	Roles []Page `json:"roles,omitempty"`
	Paths []Page `json:"paths,omitempty"`
}

// largest is how many steps or aliases a page may have: nobody would read more,
// and each is held against the others.
const largest = 1000

// Read reads a handbook.json. It takes nothing that it does not know, so that no
// difference is overlooked.
func Read(data []byte) (*graph.Handbook, error) {
	var form struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &form); err != nil {
		return nil, fmt.Errorf("it is no handbook.json: %w", err)
	}
	if form.Schema != graph.HandbookSchema {
		return nil, fmt.Errorf("its schema is %.40q, and this program reads %q: build the site with the same version of rutter", form.Schema, graph.HandbookSchema)
	}
	var h graph.Handbook
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return nil, fmt.Errorf("it is no handbook.json: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("it is no handbook.json: there is more after its end")
	}
	for _, p := range h.Pages {
		if len(p.Steps) > largest || len(p.Aliases) > largest {
			return nil, fmt.Errorf("%.100q has more than %d steps or aliases", p.Path, largest)
		}
	}
	seen := make(map[string]bool, 2*len(h.Pages))
	for _, p := range h.Pages {
		for _, key := range []string{"path " + p.Path, "name " + p.Name} {
			if seen[key] {
				return nil, fmt.Errorf("it is no handbook.json: two pages have the %.100q", key)
			}
			seen[key] = true
		}
	}
	return &h, nil
}
