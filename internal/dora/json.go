package dora

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// WriteJSON writes the report with an indent of two spaces, its keys in the
// order of the struct, its times in UTC. A time that is not known is null.
func (r Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("write report as JSON: %w", err)
	}
	return nil
}

// instant is a time that JSON writes as null where it is zero.
type instant time.Time

// MarshalJSON writes RFC 3339 in UTC.
func (t instant) MarshalJSON() ([]byte, error) {
	if time.Time(t).IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(time.Time(t).UTC().Format(time.RFC3339))
}

// MarshalJSON writes the report with its keys in order.
func (r Report) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Schema       string          `json:"schema"`
		AsOf         instant         `json:"as_of"`
		TimeZone     string          `json:"time_zone"`
		By           By              `json:"by"`
		Organisation *ServiceReport  `json:"organisation"`
		Teams        []ServiceReport `json:"teams"`
		Services     []ServiceReport `json:"services"`
	}{r.Schema, instant(r.AsOf), r.TimeZone, r.By, r.Organisation, r.Teams, r.Services})
}

// MarshalJSON writes the report of a service with its keys in order.
func (s ServiceReport) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Service     *string   `json:"service"`
		Team        *string   `json:"team"`
		Environment string    `json:"environment"`
		Source      Source    `json:"source"`
		AsOf        instant   `json:"as_of"`
		Coverage    Coverage  `json:"coverage"`
		Overall     Period    `json:"overall"`
		Periods     []Period  `json:"periods"`
		Findings    []Finding `json:"findings"`
	}{s.Service, s.Team, s.Environment, s.Source, instant(s.AsOf), s.Coverage, s.Overall, s.Periods, s.Findings})
}

// MarshalJSON writes the coverage with its keys in order.
func (c Coverage) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Status  CoverageStatus `json:"status"`
		From    instant        `json:"from"`
		To      instant        `json:"to"`
		Reasons []string       `json:"reasons"`
	}{c.Status, instant(c.From), instant(c.To), c.Reasons})
}

// MarshalJSON writes the period with its keys in order.
func (p Period) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Period         *string     `json:"period"`
		From           instant     `json:"from"`
		To             instant     `json:"to"`
		Partial        bool        `json:"partial"`
		Deployments    Deployments `json:"deployments"`
		LeadTime       LeadTime    `json:"lead_time"`
		ChangeFailRate FailRate    `json:"change_fail_rate"`
		RecoveryTime   Recovery    `json:"recovery_time"`
		ReworkRate     Rework      `json:"rework_rate"`
	}{p.Period, instant(p.From), instant(p.To), p.Partial, p.Deployments, p.LeadTime, p.ChangeFailRate, p.RecoveryTime, p.ReworkRate})
}
