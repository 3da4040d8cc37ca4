package handbook

import "github.com/rutter-dev/rutter/internal/diag"

// RoleMeta is what a role's front matter adds.
type RoleMeta struct {
	Aka      []string  `yaml:"aka" is:"other names of the role" like:"[Tester]"`
	Purpose  string    `yaml:"purpose" is:"why the role exists, one sentence"`
	Outcomes []string  `yaml:"outcomes" is:"what is true when the role is filled well"`
	Skills   []string  `yaml:"skills" is:"what it takes"`
	Family   string    `yaml:"family" enum:"product,engineering,operations,business" is:"the kind of work"`
	PartOf   Located   `yaml:"part_of" ref:"role" is:"the wider role that this one is a part of" like:"developer"`
	Holders  []Located `yaml:"holders" ref:"person,team" is:"who fills the role" like:"[team:platform]"`
	Capacity string    `yaml:"capacity" is:"how much of a week it takes" like:"two days a week"`
	Metrics  []Located `yaml:"metrics" ref:"metric" is:"metrics that the role watches" like:"[lead_time]"`
	Books    []Located `yaml:"books" ref:"book" is:"books to read in the role" like:"[accelerate]"`
}

// ProcessMeta is what a process's front matter adds.
type ProcessMeta struct {
	Trigger   string     `yaml:"trigger" is:"what starts it" like:"A pair is free"`
	Inputs    []Artefact `yaml:"inputs" is:"what it needs, in the words of the process that makes it; external: for what comes from elsewhere"`
	Outputs   []Artefact `yaml:"outputs" is:"what it leaves"`
	DoneWhen  string     `yaml:"done_when" is:"how two people would agree that it is done"`
	Cadence   string     `yaml:"cadence" is:"how often" like:"weekly"`
	Raci      Raci       `yaml:"raci" is:"who takes part, and how"`
	Steps     []Step     `yaml:"steps" is:"what is done, in order"`
	Stages    []Located  `yaml:"stages" ref:"process" is:"processes that it consists of, in order" like:"[plan, develop]"`
	PartOf    Located    `yaml:"part_of" ref:"process" is:"the process that it is a stage of" like:"build"`
	Next      []Located  `yaml:"next" ref:"process" is:"what comes after it" like:"[test]"`
	Tools     []string   `yaml:"tools" is:"what is used" like:"[Git]"`
	Metrics   []Located  `yaml:"metrics" ref:"metric" is:"metrics that show how it goes" like:"[lead_time]"`
	Services  []Located  `yaml:"services" ref:"service" is:"services whose figures stand on the page; none: all" like:"[payments]"`
	Expects   []Norm     `yaml:"expects" is:"what the process promises, held against what happens"`
	Checklist []string   `yaml:"checklist" is:"what to tick off each time"`
	Risks     []string   `yaml:"risks" is:"what goes wrong as a rule"`
	Playbooks []Located  `yaml:"playbooks" ref:"playbook" is:"what to follow when it does" like:"[roll-back]"`
	Policies  []Located  `yaml:"policies" ref:"policy" is:"policies that apply" like:"[data-security]"`
	Loop      bool       `yaml:"loop" is:"true where the last stage leads back to the first"`
}

// Artefact is something that a process needs or leaves: a document, a decision,
// a running version. Two are the same if they have one name, without regard to
// case.
type Artefact struct {
	Name     Located `yaml:"name,bare" is:"its name" like:"reviewed change"`
	External Located `yaml:"external" is:"the same, of what no process here makes or takes" like:"customer request"`
}

// Text is the artefact's name.
func (a Artefact) Text() Located {
	if a.External.Value != "" {
		return a.External
	}
	return a.Name
}

// Raci says who takes part in something, and how: who does it, who answers for
// it, who is asked before and who is told after.
type Raci struct {
	Responsible []Located `yaml:"responsible,single" ref:"role" is:"who does it" like:"[developer]"`
	Accountable []Located `yaml:"accountable,single" ref:"role" is:"the one role that answers for it" like:"product-manager"`
	Consulted   []Located `yaml:"consulted,single" ref:"role" is:"who is asked before" like:"[qa]"`
	Informed    []Located `yaml:"informed,single" ref:"role" is:"who is told after" like:"[customer-support]"`
}

// Step is a step of a process or a playbook.
type Step struct {
	Pos      diag.Pos  `yaml:",pos"`
	ID       Located   `yaml:"id,required" is:"its name in links" like:"review"`
	Title    string    `yaml:"title,required" is:"what is done" like:"Review the change"`
	Does     []Located `yaml:"does,single" ref:"role" is:"who does it" like:"developer"`
	Raci     *Raci     `yaml:"raci" is:"who takes part, where that differs from the process"`
	Input    Artefact  `yaml:"input" is:"what it needs" like:"change"`
	Output   Artefact  `yaml:"output" is:"what it leaves" like:"reviewed change"`
	When     string    `yaml:"when" is:"the condition under which it is done" like:"the change touches money"`
	Go       []Branch  `yaml:"go" is:"where it goes on, if not with the next step"`
	Process  Located   `yaml:"process" ref:"process,topic,playbook,page" is:"the page on which the step is described" like:"develop"`
	Minutes  int       `yaml:"minutes" min:"1" is:"how long it takes as a rule" like:"30"`
	Tool     string    `yaml:"tool" is:"what it is done with" like:"Git"`
	DoneWhen string    `yaml:"done_when" is:"how one sees that it is done"`
}

// Branch is where a step goes on.
type Branch struct {
	To   Located `yaml:"to,bare,required" is:"a step of this process, or another process" like:"deploy"`
	When string  `yaml:"when" is:"the condition" like:"the check fails"`
}

// Norm is what a process promises of a metric.
type Norm struct {
	Pos     diag.Pos `yaml:",pos"`
	Metric  Located  `yaml:"metric,required" ref:"metric" is:"the metric" like:"lead_time.pickup"`
	Stat    Located  `yaml:"stat" is:"which value of it" like:"p50"`
	AtMost  Located  `yaml:"at_most" is:"a time, a share or a number" like:"24h"`
	AtLeast Located  `yaml:"at_least" is:"the same, from below" like:"5"`
}

// PlaybookMeta is what a playbook's front matter adds.
type PlaybookMeta struct {
	Trigger     string    `yaml:"trigger,required" is:"what one sees when it is needed" like:"The error rate doubles after a deployment"`
	Steps       []Step    `yaml:"steps,required" is:"what to do, in order"`
	Severity    string    `yaml:"severity" is:"how bad it is" like:"high"`
	OnCall      Located   `yaml:"oncall" ref:"team,role" is:"who is called" like:"team:platform"`
	TimeToStart string    `yaml:"time_to_start" is:"how soon somebody has to begin" like:"5 minutes"`
	Rollback    string    `yaml:"rollback" is:"the way back" like:"Deploy the version before"`
	Services    []Located `yaml:"services" ref:"service" is:"services that it is for" like:"[payments]"`
	LastDrilled Day       `yaml:"last_drilled" is:"the day it was last practised" like:"2026-10-05"`
}

// TeamMeta is what a team's front matter adds. The services that a team owns
// name it.
type TeamMeta struct {
	Lead    Located `yaml:"lead" ref:"role,person" is:"who leads it" like:"product-manager"`
	Seats   []Seat  `yaml:"seats" is:"which roles the team has, and how many of each"`
	Channel string  `yaml:"channel" is:"where to ask" like:"#team-payments"`
	Size    int     `yaml:"size" min:"1" is:"how many people" like:"6"`
}

// OrgMeta is what the front matter of an organisation adds: a way to fill the
// roles with people, for readers whose own looks like that.
type OrgMeta struct {
	Size    string    `yaml:"size,required" is:"how many people" like:"3 to 6 people"`
	Seats   []Seat    `yaml:"seats,required" is:"who there is, and which roles each fills"`
	Omits   []Located `yaml:"omits" ref:"role" is:"roles that nobody fills" like:"[dataops]"`
	Cadence []string  `yaml:"cadence" is:"who meets, and how often"`
}

// Seat is somebody in a team or an organisation.
type Seat struct {
	Pos   diag.Pos  `yaml:",pos"`
	Name  string    `yaml:"name" is:"what others call the seat" like:"Founder"`
	Roles []Located `yaml:"role|roles,single,required" ref:"role" is:"roles that it fills" like:"[product-manager, developer]"`
	Count int       `yaml:"count" min:"1" is:"how many there are; 1 without it" like:"2"`
	Held  []Located `yaml:"held_by,single" ref:"person" is:"who holds it" like:"[alex]"`
}
