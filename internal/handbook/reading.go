package handbook

import "github.com/rutter-dev/rutter/internal/diag"

// BookMeta is what a book guide's front matter adds.
type BookMeta struct {
	Authors  []string  `yaml:"author|authors,single,required" is:"who wrote it" like:"[First Author, Second Author]"`
	Year     int       `yaml:"year,required" min:"1" max:"9999" is:"of the first edition" like:"2018"`
	ISBN     string    `yaml:"isbn" is:"of the edition that the guide speaks of" like:"978-1-942788-33-1"`
	Edition  string    `yaml:"edition" is:"the edition that the guide speaks of" like:"Second edition, 2019"`
	Area     string    `yaml:"area" is:"the shelf it stands on" like:"Delivery"`
	Level    string    `yaml:"level" enum:"intro,core,deep" is:"how much it asks of its readers"`
	Pages    int       `yaml:"pages" min:"1" is:"its length" like:"288"`
	Hours    float64   `yaml:"hours" min:"0" is:"hours to read what the guide recommends" like:"6"`
	WhyHere  string    `yaml:"why_here" is:"why this handbook has it, one sentence"`
	Ideas    []Idea    `yaml:"ideas" is:"what we took from it, and where it applies"`
	Chapters []Chapter `yaml:"chapters" is:"what to read of it, in the order of the book"`
	Caveats  []string  `yaml:"caveats,single" is:"where to be careful"`
	Similar  []Located `yaml:"similar" ref:"book" is:"books of which one is enough" like:"[clean-code]"`
	URL      Located   `yaml:"url" is:"where it can be read for nothing" like:"https://sre.google/books/"`
}

// Idea is a thought of a book at the places where it applies.
type Idea struct {
	Pos     diag.Pos  `yaml:",pos"`
	Text    string    `yaml:"text,required" is:"the idea, one sentence"`
	Applies []Located `yaml:"applies_to,single,required" ref:"process,role,topic,principle,policy,playbook,metric" is:"processes (with #step), roles or topics" like:"[develop#review]"`
}

// Chapter is a part of a book.
type Chapter struct {
	Pos     diag.Pos  `yaml:",pos"`
	N       int       `yaml:"n,required" min:"0" is:"its number in the book" like:"4"`
	Title   string    `yaml:"title,required" is:"its title" like:"Technical practices"`
	Minutes int       `yaml:"minutes" min:"1" is:"how long it takes to read" like:"30"`
	Read    string    `yaml:"read" enum:"must,should,skip" is:"how much we recommend it"`
	For     []Located `yaml:"for,single" ref:"role" is:"roles it is for; none: all" like:"[developer]"`
	URL     Located   `yaml:"url" is:"where it can be read" like:"https://sre.google/sre-book/introduction/"`
}

// PathMeta is what a path's front matter adds.
type PathMeta struct {
	Items  []PathItem `yaml:"items,required" is:"what to read and do, in order"`
	Phases []Phase    `yaml:"phases" is:"parts of the path, each with its time"`
}

// Phase is a part of a path.
type Phase struct {
	Pos   diag.Pos `yaml:",pos"`
	ID    Located  `yaml:"id,required" is:"the name that items use" like:"first-day"`
	Title string   `yaml:"title,required" is:"what readers see" like:"Your first day"`
	By    string   `yaml:"by" enum:"day-1,week-1,day-30,day-90" is:"when it should be done"`
}

// PathItem is a page to read, or a thing to do.
type PathItem struct {
	Pos      diag.Pos `yaml:",pos"`
	Ref      Located  `yaml:"ref,bare" ref:"any" is:"a page of the handbook" like:"develop"`
	Text     string   `yaml:"text" is:"something to do; or, of a page or address, what to look at"`
	URL      Located  `yaml:"url" is:"a page elsewhere" like:"https://example.org/"`
	Minutes  int      `yaml:"minutes" min:"1" is:"how long it takes; of a page, without it, its time to read" like:"15"`
	Who      string   `yaml:"who" enum:"me,buddy,manager" is:"who sees to it"`
	Optional bool     `yaml:"optional" is:"true where it may be left out"`
	DoneWhen string   `yaml:"done_when" is:"how one sees that it is done"`
	Phase    Located  `yaml:"phase" is:"the part of the path; without it, that of the item before" like:"first-day"`
}

// TopicMeta is what a topic's front matter adds.
type TopicMeta struct {
	Why       string    `yaml:"why" is:"why it matters here, one sentence"`
	Questions []string  `yaml:"questions" is:"questions to answer in writing"`
	Formula   string    `yaml:"formula" is:"how it is worked out" like:"cost / customers won"`
	Roles     []Located `yaml:"roles" ref:"role" is:"roles that it concerns" like:"[product-manager]"`
	Metrics   []Located `yaml:"metrics" ref:"metric" is:"metrics that belong to it" like:"[lead_time]"`
	Processes []Located `yaml:"processes" ref:"process" is:"processes in which it matters" like:"[develop]"`
}

// TermMeta is a word of the glossary: a page in glossary/, or an entry of
// glossary.yaml.
type TermMeta struct {
	Pos        diag.Pos  `yaml:",pos"`
	Term       Located   `yaml:"term,required" is:"the word" like:"lead time"`
	Definition string    `yaml:"definition,required" max:"280" is:"what it means, in one or two sentences"`
	Aka        []string  `yaml:"aka" is:"other words for the same" like:"[cycle time]"`
	AcronymOf  string    `yaml:"acronym_of" is:"what the letters stand for" like:"service level objective"`
	See        []Located `yaml:"see" ref:"any" is:"pages that say more" like:"[lead-time]"`
	Not        string    `yaml:"not" is:"what it is mistaken for" like:"the time that somebody works on it"`
	Formula    string    `yaml:"formula" is:"how it is worked out"`
	Example    string    `yaml:"example" is:"the formula with numbers"`

	Refs []Ref // of an entry of glossary.yaml
}
