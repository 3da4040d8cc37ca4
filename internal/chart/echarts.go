package chart

import (
	"encoding/json"
	"fmt"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/rutter-dev/rutter/internal/dora"
)

// ECharts returns the figure as options of ECharts, JSON in which every < > and
// & is escaped; nil where Empty says why there is nothing to draw. It holds
// data only: colours come from the theme's style sheet, and a formatter is a
// name under "fmt" that components/figure/figure.js knows. The key "meta" is
// for that script, which takes it away before ECharts sees the rest.
//
// Only the option structs of go-echarts are used. Its HTML, and its way of
// putting functions into JSON, run what a title says as a script.
func (f *Figure) ECharts() []byte {
	if f.Empty != "" {
		return nil
	}
	var tree, meta map[string]any
	if f.plot.art != nil {
		if tree, meta = f.plot.art.explore(f); tree == nil {
			return nil
		}
		return f.finished(tree, meta)
	}
	tree, meta = f.option(), f.meta()
	x, y := child(tree, "xAxis"), child(tree, "yAxis")
	child(x, "axisLabel")["fmt"] = f.plot.period
	child(x, "axisLabel")["hideOverlap"] = true
	switch f.plot.kind {
	case lines, medians:
		var at []float64
		for _, m := range f.durationScale(1).named {
			at = append(at, m.seconds)
		}
		child(y, "axisLabel")["fmt"] = "duration"
		for _, part := range []string{"axisLabel", "axisTick", "splitLine"} {
			child(y, part)["customValues"] = at
		}
	case ratios:
		child(y, "axisLabel")["fmt"] = "percent"
	}
	for i, s := range tree["series"].([]any) {
		values := f.plot.series[0].values // of ratios, whose second series are the intervals
		if i < len(f.plot.series) {
			values = f.plot.series[i].values
		}
		f.mark(s.(map[string]any), values)
	}
	return f.finished(tree, meta)
}

// finished is what all options have in common.
func (f *Figure) finished(tree, meta map[string]any) []byte {
	for _, unused := range []string{"color", "title", "toolbox"} { // what go-echarts adds
		delete(tree, unused)
	}
	tree["meta"] = meta
	tree["useUTC"] = true
	tree["textStyle"] = map[string]any{"fontSize": 12}
	child(tree, "tooltip")["renderMode"] = "richText"
	child(tree, "tooltip")["confine"] = true
	out, err := json.Marshal(tree)
	if err != nil { // strings and finite numbers can always be written
		panic(fmt.Sprintf("chart: write options of %s: %v", f.ID, err))
	}
	return out
}

// option is what go-echarts makes of the figure, as a tree that can be mended.
func (f *Figure) option() map[string]any {
	zoom := []opts.DataZoom{{Type: "inside"}, {Type: "slider"}}
	tooltip := opts.Tooltip{Show: opts.Bool(true), Trigger: "axis"}
	legend := opts.Legend{Show: opts.Bool(false), Selected: map[string]bool{}}
	for _, s := range f.plot.series {
		legend.Selected[s.long] = !s.hidden
	}
	flags := f.flagLines()
	global := []charts.GlobalOpts{charts.WithTooltipOpts(tooltip), charts.WithLegendOpts(legend), charts.WithDataZoomOpts(zoom...)}
	days := make([]string, len(f.plot.slots))
	for i, s := range f.plot.slots {
		days[i] = s.from.Format("2006-01-02")
	}
	var option map[string]any
	switch f.plot.kind {
	case columns:
		bar := charts.NewBar()
		bar.SetGlobalOptions(append(global, charts.WithYAxisOpts(opts.YAxis{Type: "value", Name: f.plot.unit, MinInterval: 1}))...)
		bar.SetXAxis(days)
		for _, s := range f.plot.series {
			bar.AddSeries(s.long, f.bars(s.values), flags...)
			flags = nil
		}
		bar.Validate()
		option = bar.JSON()
	case ratios:
		const intervals = "95 % interval"
		legend.Selected[intervals] = true
		line := charts.NewLine()
		line.SetGlobalOptions(append(global, charts.WithYAxisOpts(opts.YAxis{Type: "value", Name: f.plot.unit, Min: 0, Max: f.shareScale(1).high}))...)
		line.SetXAxis(days)
		for _, s := range f.plot.series {
			line.AddSeries(s.long, f.points(s.values, scale{}), flags...)
			flags = nil
			line.Overlap(f.whiskers(intervals, s))
		}
		line.Validate()
		option = line.JSON()
	case lines, medians:
		line := charts.NewLine()
		scale := f.durationScale(1)
		line.SetGlobalOptions(append(global, charts.WithYAxisOpts(opts.YAxis{Type: "log", Name: f.plot.unit, Min: scale.low, Max: scale.high}))...)
		line.SetXAxis(days)
		for _, s := range f.plot.series {
			line.AddSeries(s.long, f.points(s.values, scale), append(flags, charts.WithLineChartOpts(opts.LineChart{ConnectNulls: opts.Bool(false)}))...)
			flags = nil
		}
		line.Validate()
		option = line.JSON()
	}
	return plain(option)
}

// plain turns what go-echarts makes into a tree that can be mended.
func plain(option map[string]any) (tree map[string]any) {
	text, err := json.Marshal(option)
	if err == nil {
		err = json.Unmarshal(text, &tree)
	}
	if err != nil {
		panic(fmt.Sprintf("chart: options that are no JSON: %v", err))
	}
	return tree
}

func (f *Figure) bars(values []dora.Number) []opts.BarData {
	data := make([]opts.BarData, len(values))
	for i, n := range values {
		if v, ok := n.Get(); ok {
			data[i].Value = v
		}
	}
	return data
}

// points stands on the foot of the axis what is below it: a logarithm of 0 does
// not exist, a lead time of 0 does (metrics/L7).
func (f *Figure) points(values []dora.Number, on scale) []opts.LineData {
	data := make([]opts.LineData, len(values))
	for i, n := range values {
		if v, ok := n.Get(); ok {
			data[i].Value = on.drawn(v)
		}
	}
	return data
}

// whiskers are the intervals of a series, as boxes without a body.
func (f *Figure) whiskers(name string, s series) *charts.BoxPlot {
	data := make([]opts.BoxPlotData, len(s.values))
	for i, n := range s.values {
		if v, in := value(n), s.bounds[i]; in.ok {
			data[i].Value = []float64{in.low, v, v, v, in.high}
		}
	}
	box := charts.NewBoxPlot()
	box.AddSeries(name, data)
	return box
}

// flagLines are the flags as lines across the first series, those of a period
// as one. Their texts are in the tool tip of the period (see meta).
func (f *Figure) flagLines() []charts.SeriesOpts {
	var lines []opts.MarkLineNameXAxisItem
	for i, flags := range f.flagsBySlot() {
		if len(flags) > 0 {
			lines = append(lines, opts.MarkLineNameXAxisItem{Name: flagNumbers(flags), XAxis: f.plot.slots[i].from.Format("2006-01-02")})
		}
	}
	if lines == nil {
		return nil
	}
	return []charts.SeriesOpts{charts.WithMarkLineNameXAxisItemOpts(lines...)}
}

// mark says in a series which values may still change, and makes what is
// unknown null, which go-echarts leaves out.
func (f *Figure) mark(series map[string]any, values []dora.Number) {
	for i, item := range series["data"].([]any) {
		item := item.(map[string]any)
		if _, ok := values[i].Get(); !ok {
			item["value"] = nil
		}
		if f.plot.doubt || f.plot.slots[i].partial {
			item["partial"] = true
		}
	}
}

// meta is what the script shows beside the drawing.
func (f *Figure) meta() map[string]any {
	type period struct {
		Name  string   `json:"name"`
		Words string   `json:"words"`
		Flags []string `json:"flags,omitempty"`
	}
	periods := make([]period, len(f.plot.slots))
	bySlot := f.flagsBySlot()
	for i, s := range f.plot.slots {
		periods[i] = period{Name: s.name, Words: s.words}
		for _, flag := range bySlot[i] {
			periods[i].Flags = append(periods[i].Flags, flag.tip())
		}
	}
	meta := map[string]any{"kind": "columns", "title": f.Title, "head": f.plot.head, "foot": f.plot.foot, "periods": periods}
	if f.plot.doubt {
		meta["sign"] = "Partial data: the values may still change"
	}
	switch f.plot.kind {
	case ratios:
		meta["kind"] = "ratios"
	case lines, medians:
		type label struct {
			At   float64 `json:"at"`
			Text string  `json:"text"`
		}
		var labels []label
		for _, m := range f.durationScale(1).named {
			labels = append(labels, label{m.seconds, m.text})
		}
		meta["kind"], meta["labels"] = "lines", labels
		if f.plot.kind == medians {
			meta["kind"] = "medians"
		}
	}
	return meta
}

// child is the object under a key, in a list its first; made where there is none.
func child(tree map[string]any, key string) map[string]any {
	if list, ok := tree[key].([]any); ok && len(list) > 0 {
		return list[0].(map[string]any)
	}
	m, ok := tree[key].(map[string]any)
	if !ok {
		m = map[string]any{}
		tree[key] = m
	}
	return m
}
