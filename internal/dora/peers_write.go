package dora

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// WriteJSON writes the comparison as Report.WriteJSON does the report.
func (c Comparison) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return fmt.Errorf("write comparison as JSON: %w", err)
	}
	return nil
}

// MarshalJSON writes the comparison with its keys in order.
func (c Comparison) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Schema   string            `json:"schema"`
		Peer     Peer              `json:"peer"`
		AsOf     instant           `json:"as_of"`
		TimeZone string            `json:"time_zone"`
		By       By                `json:"by"`
		Services []ServiceCompared `json:"services"`
	}{c.Schema, c.Peer, instant(c.AsOf), c.TimeZone, c.By, c.Services})
}

// MarshalJSON writes the period with its keys in order.
func (p PeriodCompared) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Period              *string  `json:"period"`
		From                instant  `json:"from"`
		To                  instant  `json:"to"`
		Partial             bool     `json:"partial"`
		DeploymentFrequency Compared `json:"deployment_frequency"`
		LeadTime            Compared `json:"lead_time"`
		ChangeFailRate      Compared `json:"change_fail_rate"`
		RecoveryTime        Compared `json:"recovery_time"`
	}{p.Period, instant(p.From), instant(p.To), p.Partial, p.DeploymentFrequency, p.LeadTime, p.ChangeFailRate, p.RecoveryTime})
}

// WriteTable writes the comparison for people, within 80 columns: the value of
// the peer and ours side by side, then why they differ.
func (c Comparison) WriteTable(w io.Writer) error {
	t := &tableWriter{w: bufio.NewWriter(w), zone: c.TimeZone, by: c.By}
	for _, s := range c.Services {
		t.compared(string(c.Peer), s)
	}
	if len(c.Services) == 0 {
		fmt.Fprintln(t.w, "No service: the events name none.")
	}
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write comparison as table: %w", err)
	}
	return nil
}

// often says in words what the frequency of a table counts.
var often = map[Unit]string{
	DaysPerWeek: "days with a deployment a week",
	PerWeek:     "deployments a week",
	PerDay:      "deployments a day",
}

func (t *tableWriter) compared(peer string, s ServiceCompared) {
	if t.begun {
		fmt.Fprintln(t.w)
	}
	t.begun, t.partial, t.reasons = true, false, map[Reason]bool{}
	t.wrap("", fmt.Sprintf("%s · %s · source: %s · as %s counts · by %s in %s", legible(s.Service), legible(s.Environment), s.Source, peer, t.by, t.zone))
	if s.Sample {
		t.wrap("", "Sample data: these deliveries are made up.")
	}
	fmt.Fprintln(t.w)
	const layout = "%-10s %6s %6s %9s %9s %6s %6s %9s %9s\n"
	fmt.Fprintf(t.w, "%-10s %13s %19s %13s %19s\n", "", "how often", "lead time", "fail rate", "recovery time")
	fmt.Fprintf(t.w, layout, string(t.by), "theirs", "ours", "theirs", "ours", "theirs", "ours", "theirs", "ours")
	for _, p := range append(s.Periods[:len(s.Periods):len(s.Periods)], s.Overall) {
		label := "all"
		if p.Period != nil {
			label = *p.Period
		}
		if p.Partial {
			label += " ~"
			t.partial = true
		}
		row := []any{label}
		for _, m := range p.metrics() {
			row = append(row, t.cell(m.Value, m.Reason, m.show), t.cell(m.Ours.Value, m.Ours.Reason, m.show))
		}
		fmt.Fprintf(t.w, layout, row...)
	}
	fmt.Fprintln(t.w)
	names := [...]string{"how often, in " + often[s.Overall.DeploymentFrequency.Unit], "lead time", "fail rate", "recovery time"}
	for i, m := range s.Overall.metrics() {
		t.wrap("", fmt.Sprintf("%s (n = %d, ours %d):", names[i], m.N, m.Ours.N))
		for _, b := range m.Because {
			t.wrap("  ", b.Rule+": "+b.Text)
		}
	}
	t.legend("~ partial")
}

func (p PeriodCompared) metrics() [4]Compared {
	return [...]Compared{p.DeploymentFrequency, p.LeadTime, p.ChangeFailRate, p.RecoveryTime}
}

// show writes a value in its unit.
func (c Compared) show(v float64) string {
	switch c.Unit {
	case Seconds:
		return humanSeconds(v)
	case Ratio:
		return share(v)
	}
	return plainNumber(v)
}
