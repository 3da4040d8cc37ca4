package handbook

import "github.com/rutter-dev/rutter/internal/diag"

// PolicyMeta is what a policy's front matter adds.
type PolicyMeta struct {
	Effective   Day       `yaml:"effective,required" is:"the day from which it holds" like:"2026-01-01"`
	Version     string    `yaml:"version,required" is:"its version" like:"1.2"`
	AppliesTo   []Located `yaml:"applies_to" ref:"role" is:"roles that it binds; none: all" like:"[developer]"`
	Standards   []string  `yaml:"standard|standards,single" is:"standards that it serves" like:"[GDPR]"`
	Services    []Located `yaml:"services" ref:"service" is:"services that it covers; none: all" like:"[payments]"`
	Controls    []Control `yaml:"controls" is:"what is done, and what shows it"`
	Training    []string  `yaml:"training" is:"what people learn, and how often"`
	Exceptions  string    `yaml:"exceptions" is:"who may allow one, and how"`
	ApprovedBy  Located   `yaml:"approved_by" ref:"role,team,person" is:"who approved it" like:"security-compliance"`
	Acknowledge bool      `yaml:"acknowledge" is:"true where people confirm that they have read it"`
}

// Control is a rule of a policy that can be shown to hold.
type Control struct {
	Pos       diag.Pos  `yaml:",pos"`
	ID        Located   `yaml:"id,required" is:"its name in links" like:"AS-1"`
	Text      string    `yaml:"text,required" is:"what is done"`
	Evidence  []Located `yaml:"evidence,single" ref:"process,playbook,metric,policy,service,decision,page,url" is:"what shows it: a process (with #step), a metric, an address" like:"[develop#review]"`
	Frequency string    `yaml:"frequency" is:"how often" like:"each change"`
}

// PrincipleMeta is what a principle's front matter adds.
type PrincipleMeta struct {
	Statement string    `yaml:"statement,required" is:"the principle, one sentence"`
	LooksLike []string  `yaml:"looks_like" is:"what one sees where it holds"`
	Anti      []string  `yaml:"anti" is:"what one sees where it does not"`
	Practised []Located `yaml:"practised_in" ref:"process,role,policy,playbook,topic,path,metric" is:"where it is practised" like:"[develop#review]"`
}

// DecisionMeta says when a decision was taken and what it is about.
type DecisionMeta struct {
	Date       Day       `yaml:"date,required" is:"the day it was taken" like:"2026-03-02"`
	State      string    `yaml:"status" enum:"proposed,accepted,superseded" is:"accepted without it"`
	Deciders   []Located `yaml:"deciders" ref:"role,team,person" is:"who took it" like:"[product-manager]"`
	Context    string    `yaml:"context" is:"what called for it"`
	Options    []string  `yaml:"options" is:"what else was thought of"`
	Supersedes []Located `yaml:"supersedes,single" ref:"decision" is:"decisions that it replaces" like:"[one-release-a-sprint]"`
	Affects    []Located `yaml:"affects" ref:"service,process,team,policy" is:"services, on whose charts it is a flag, and processes; none: all services" like:"[payments]"`
	Metric     *Expected `yaml:"metric" is:"what it should change, and when to look"`
}

// Expected is what a decision is to bring about.
type Expected struct {
	Pos     diag.Pos `yaml:",pos"`
	ID      Located  `yaml:"id,required" ref:"metric" is:"the metric" like:"lead_time"`
	Expect  string   `yaml:"expect,required" enum:"down,up,same" is:"the direction"`
	CheckOn Day      `yaml:"check_on,required" is:"the day to look whether it did" like:"2026-06-01"`
}

// MetricMeta says which metric a page is about: one that is measured, or one of
// the handbook's own, which then says its definition and unit.
type MetricMeta struct {
	ID         Located   `yaml:"metric|id,required" is:"a metric that is measured, or a name of your own" like:"lead_time"`
	Definition string    `yaml:"definition" is:"of a metric of your own: what it says" like:"Cost of sales and marketing for each customer won"`
	Unit       string    `yaml:"unit" is:"of a metric of your own" like:"euros"`
	Factor     string    `yaml:"factor" is:"what it is a measure of" like:"throughput"`
	ReadWith   []Located `yaml:"read_with" ref:"metric" is:"metrics that it is read together with" like:"[change_fail_rate]"`
	Improve    []Located `yaml:"improve" ref:"process,book,playbook,topic,principle" is:"what to try: processes (with #step), books (with #chapter)" like:"[develop#review]"`
}

// Metric is the id of a measured metric; "" of one of the handbook's own.
func (m *MetricMeta) Metric() Metric {
	if id := Metric(m.ID.Value); id.Known() {
		return id
	}
	return ""
}

// NewsMeta is what the front matter of an announcement adds.
type NewsMeta struct {
	Date    Day       `yaml:"date,required" is:"the day it was published" like:"2026-10-05"`
	Affects []Located `yaml:"affects" ref:"any" is:"pages that it is about" like:"[develop]"`
	Expires Day       `yaml:"expires" is:"the day after which it is no news any more" like:"2026-10-19"`
}

// RunsMeta is what a service's front matter says beside its metrics.
type RunsMeta struct {
	Sample      bool      `yaml:"sample" is:"true where its deliveries are made up, which the site then says everywhere"`
	Lifecycle   string    `yaml:"lifecycle" enum:"experimental,production,deprecated" is:"how far it is"`
	Tier        int       `yaml:"tier" min:"1" max:"5" is:"1 is what nobody can do without" like:"1"`
	Environment string    `yaml:"environment" is:"where it runs" like:"production"`
	Playbooks   []Located `yaml:"playbooks" ref:"playbook" is:"what to follow when it fails" like:"[roll-back]"`
}
