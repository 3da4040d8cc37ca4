package handbook

import "slices"

// Kind is what a page describes.
type Kind string

// The kinds of pages.
const (
	Plain     Kind = "page"
	Role      Kind = "role"
	Process   Kind = "process"
	Book      Kind = "book"
	Reading   Kind = "path" // a list of what to read and do, for some roles
	Topic     Kind = "topic"
	Policy    Kind = "policy"
	Playbook  Kind = "playbook"
	Term      Kind = "term"
	Principle Kind = "principle"
	Org       Kind = "org"    // an organisation: who of its people fills which roles
	News      Kind = "news"   // an announcement
	Person    Kind = "person" // never a page: an entry of people.yaml

	Service    Kind = "service"
	Team       Kind = "team"     // a team, with the deliveries of its services
	MetricPage Kind = "metric"   // what a metric means here, with the figures of all services
	Overview   Kind = "metrics"  // the deliveries of the whole organisation
	Decision   Kind = "decision" // what was decided and when: a flag on the charts that it affects
)

// Type says of a kind what does not follow from its front matter.
type Type struct {
	Kind     Kind
	Folder   string   // at the top of the content: pages below it are of the kind; "": none
	Label    string   // what readers call it; "" where that says nothing
	Required []string // keys of Common that the kind cannot do without
}

// Types lists the kinds that front matter may name.
var Types = []Type{
	{Kind: Plain},
	{Role, "roles", "Role", nil},
	{Process, "processes", "Process", nil},
	{Book, "books", "Book guide", nil},
	{Reading, "paths", "Path", []string{"audience"}},
	{Topic, "topics", "Topic", nil},
	{Policy, "policies", "Policy", nil},
	{Playbook, "playbooks", "Playbook", nil},
	{Term, "glossary", "Term", nil},
	{Principle, "principles", "Principle", nil},
	{Org, "orgs", "Organisation", nil},
	{News, "news", "News", nil},
	{Service, "services", "Service", nil},
	{Team, "teams", "Team", nil},
	{MetricPage, "metrics", "Metric", nil},
	{Kind: Overview},
	{Decision, "decisions", "Decision", nil},
}

// TypeOf is what is known of a kind; the zero value of one that no page has.
func TypeOf(k Kind) Type {
	if i := slices.IndexFunc(Types, func(t Type) bool { return t.Kind == k }); i >= 0 {
		return Types[i]
	}
	return Type{}
}

// FolderKind is the kind of the pages below a top folder. Only a site with a
// site.yaml is typed by folder.
func FolderKind(folder string) Kind {
	for _, t := range Types {
		if t.Folder == folder && folder != "" {
			return t.Kind
		}
	}
	return Plain
}
