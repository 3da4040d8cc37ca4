package handbook

import (
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Meta is the front matter of a page, checked. Fields that a page does not give
// are zero. Of the pointers the one of the page's kind is set.
//
// The tags are the specification that authors are held to; package strictyaml
// reads them, and rutter schema and rutter new are made from them:
//
//	yaml  the key, with its other names, and whether it is required
//	ref   the kinds of pages that the value may name (see Ref)
//	is    what the key means, in words for its authors
//	like  an example; enum, min, max: what the value may be
type Meta struct {
	Common
	Standing

	Role       *RoleMeta
	Process    *ProcessMeta
	Book       *BookMeta
	Reading    *PathMeta
	Topic      *TopicMeta
	Policy     *PolicyMeta
	Playbook   *PlaybookMeta
	Term       *TermMeta
	Principle  *PrincipleMeta
	Org        *OrgMeta
	News       *NewsMeta
	Service    *ServiceMeta // nil of a service without a metrics block
	Runs       *RunsMeta    // of a service
	Team       *TeamMeta
	MetricPage *MetricMeta
	Decision   *DecisionMeta

	Refs []Ref // all references of the front matter, in the order of its keys
}

// Ref is a reference to another page, as written. The name is that of the
// page's file without its ending (qa), with folders before it where several
// pages have the name (build/plan), or with the kind (role:qa). A part after #
// names a step of a process or a chapter of a book.
type Ref struct {
	To    Located
	Kinds []Kind // that it may name; nil: any
	Field string // the key, with those around it: "raci.accountable", "steps.does"
	Item  int    // place in the outermost list around it, from 0; -1: there is none
	URLs  bool   // an address of another site will do as well
}

// Common is what the front matter of every page takes.
type Common struct {
	Title    string    `yaml:"title" is:"the heading of the page, and its name in menus" like:"Code review"`
	Summary  string    `yaml:"summary" max:"160" is:"one sentence for cards and search results" like:"How a change is read by a second person before it counts."`
	Type     string    `yaml:"type" enum:"page,role,process,book,path,topic,policy,playbook,term,principle,org,news,service,team,metric,metrics,decision" is:"what the page describes; as a rule its folder says so"`
	Owner    Located   `yaml:"owner" ref:"team,person" is:"who answers for this page" like:"team:platform"`
	Backup   Located   `yaml:"backup" ref:"team,person" is:"who to ask when the owner is away" like:"team:platform"`
	Review   *Review   `yaml:"review" is:"when somebody last read the whole page and found it right"`
	Keywords []string  `yaml:"keywords" is:"other words that people search for" like:"[pull request, approval]"`
	Topics   []Located `yaml:"topics" ref:"topic" is:"topics that the page belongs to" like:"[operations]"`
	Audience []Located `yaml:"audience" ref:"role" is:"roles that it is written for; none: all" like:"[developer]"`
	Aliases  []Located `yaml:"aliases" is:"names and addresses that the page had before" like:"[reviews]"`
	Weight   int       `yaml:"weight" min:"0" is:"place in its section; those without one come last" like:"3"`
	Related  []Located `yaml:"related" ref:"any" is:"pages that readers of this one may want next" like:"[develop]"`
	Sources  []Source  `yaml:"sources" is:"where it was learnt"`
}

// Standing is how far a page is to be relied on.
type Standing struct {
	Status string `yaml:"status" enum:"draft,active,deprecated,archived" is:"a draft is not published; active is the default"`
}

// Review says when a page was last read as a whole.
type Review struct {
	Pos   diag.Pos `yaml:",pos"`
	On    Day      `yaml:"on" is:"the day" like:"2026-10-05"`
	By    Located  `yaml:"by" ref:"role,team,person" is:"who read it" like:"qa"`
	Every Last     `yaml:"every" is:"how long that holds" like:"6m"`
}

// Day is a day of the calendar with the place it was written at; the zero value
// is no day.
type Day struct {
	At  time.Time // its beginning in UTC
	Pos diag.Pos
}

// String is the day as people write it; "" of no day.
func (d Day) String() string {
	if d.At.IsZero() {
		return ""
	}
	return d.At.Format(time.DateOnly)
}

// Source is where something was learnt.
type Source struct {
	Title string  `yaml:"title,required" is:"what it is called" like:"Site Reliability Engineering"`
	URL   Located `yaml:"url" is:"its address" like:"https://example.org/"`
}

// Section is what a _section.yaml says of the pages in its folder and below.
type Section struct {
	Path     Path      // the folder
	Pos      diag.Pos  `yaml:",pos"`
	Owner    Located   `yaml:"owner" ref:"team,person" is:"who answers for the pages that name nobody" like:"team:platform"`
	Backup   Located   `yaml:"backup" ref:"team,person" is:"who to ask when the owner is away" like:"team:platform"`
	Review   *Cadence  `yaml:"review" is:"how often pages are read anew"`
	Audience []Located `yaml:"audience" ref:"role" is:"roles that the pages are written for" like:"[developer]"`
	Topics   []Located `yaml:"topics" ref:"topic" is:"topics that the pages belong to" like:"[operations]"`

	Refs []Ref
}

// Cadence is how often pages are reviewed.
type Cadence struct {
	Every Last `yaml:"every" is:"how long a review holds" like:"6m"`
}

// PersonMeta is an entry of people.yaml: who people are, for questions. No
// figure of any kind is about them.
type PersonMeta struct {
	Pos    diag.Pos  `yaml:",pos"`
	ID     Located   `yaml:"id,required" is:"the name that other pages use" like:"alex"`
	Name   string    `yaml:"name,required" is:"as others call them" like:"Alex"`
	GitHub string    `yaml:"github" is:"account" like:"alex"`
	Team   Located   `yaml:"team" ref:"team" is:"where they work" like:"platform"`
	Roles  []Located `yaml:"roles" ref:"role" is:"roles that they fill" like:"[qa]"`
	Until  Day       `yaml:"until" is:"the day they left" like:"2026-10-05"`

	Refs []Ref
}
