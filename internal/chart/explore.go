package chart

import (
	"math"
	"time"
)

// point is what the script says of one mark, in the order of the data.
type point struct {
	Name  string  `json:"name"`
	Words string  `json:"words"`
	URL   string  `json:"url,omitempty"`
	Share float64 `json:"share"` // where it stands on the horizontal axis, in percent
}

// pointsMeta is what the script shows beside single things.
func (f *Figure) pointsMeta(kind, noun string, points []point, on scale) map[string]any {
	meta := map[string]any{"kind": kind, "noun": noun, "title": f.Title, "head": f.plot.head, "foot": f.plot.foot, "periods": points}
	if f.plot.doubt {
		meta["sign"] = "Partial data: the values may still change"
	}
	type label struct {
		At   float64 `json:"at"`
		Text string  `json:"text"`
	}
	var labels []label
	for _, m := range on.named {
		labels = append(labels, label{m.seconds, m.text})
	}
	if labels != nil {
		meta["labels"] = labels
	}
	return meta
}

// explored is a tree of options with the parts that all single things have.
func explored(x, y map[string]any, series []any) map[string]any {
	selected := map[string]any{}
	for _, s := range series {
		selected[s.(map[string]any)["name"].(string)] = true
	}
	zoom := func(kind string) map[string]any { // a bar that begins outside the window is still seen
		return map[string]any{"type": kind, "xAxisIndex": 0, "filterMode": "none"}
	}
	return map[string]any{
		"tooltip":  map[string]any{"show": true, "trigger": "item"},
		"legend":   map[string]any{"show": false, "selected": selected},
		"dataZoom": []any{zoom("inside"), zoom("slider")},
		"xAxis":    []any{x},
		"yAxis":    []any{y},
		"series":   series,
	}
}

// durationAxis is a logarithmic axis with the labels of the drawing.
func durationAxis(on scale, name string) map[string]any {
	var at []float64
	for _, m := range on.named {
		at = append(at, m.seconds)
	}
	axis := map[string]any{"type": "log", "name": name, "min": on.low, "max": on.high}
	for _, part := range []string{"axisLabel", "axisTick", "splitLine"} {
		axis[part] = map[string]any{"customValues": at}
	}
	child(axis, "axisLabel")["fmt"] = "duration"
	return axis
}

// clockAxis reaches from one instant to another. ECharts knows no zones, and
// stacks nothing on its own axis of time: this one is of seconds. It has more
// labels than fit, for those who look closer.
func clockAxis(from, to time.Time) map[string]any {
	axis := map[string]any{"type": "value", "min": clockOf(from), "max": max(clockOf(to), clockOf(from)+1)}
	for part, wide := range map[string]float64{"axisLabel": 4 * 720, "axisTick": 720, "splitLine": 720} {
		_, instants := instantsBetween(from, to, wide)
		at := make([]int64, len(instants))
		for i, t := range instants {
			at[i] = clockOf(t)
		}
		axis[part] = map[string]any{"customValues": at}
	}
	child(axis, "axisLabel")["fmt"] = "clock"
	child(axis, "axisLabel")["hideOverlap"] = true
	return axis
}

// clockOf is what the clocks of a zone show, in seconds, as if it were UTC.
func clockOf(t time.Time) int64 {
	_, offset := t.Zone()
	return t.Unix() + int64(offset)
}

// percentAlong is the place of an instant on an axis, for the script.
func percentAlong(t, from, to time.Time) float64 { return math.Round(along(t, from, to, 1000)) / 10 }
