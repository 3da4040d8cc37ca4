package source

import (
	"slices"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

// verdict is an entry of failures.yaml; its fields are those of
// handbook.Verdict.
type verdict struct {
	Pos        diag.Pos         `yaml:",pos"`
	Service    handbook.Located `yaml:"service" like:"payments"`
	Deployment handbook.Located `yaml:"deployment,required" like:"v1.4.2"`
	Failed     *bool            `yaml:"failed"`
	Rework     *bool            `yaml:"rework"`
	RestoredAt handbook.Located `yaml:"restored_at" like:"2026-03-02T14:05:00Z"`
	Reason     string           `yaml:"reason,required" like:"Card payments failed" max:"300"`
}

// annotation is an entry of annotations.yaml; its fields are those of
// handbook.Annotation.
type annotation struct {
	Pos      diag.Pos           `yaml:",pos"`
	Date     handbook.Located   `yaml:"date,required" like:"2026-03-02"`
	Text     string             `yaml:"text,required" like:"The new data centre" max:"200"`
	Services []handbook.Located `yaml:"services" like:"[payments]"`
	URL      handbook.Located   `yaml:"url" like:"https://example.org/why"`
}

// The files that are lists.
type (
	failuresFile struct {
		Failures []verdict `yaml:"failures,required"`
	}
	annotationsFile struct {
		Annotations []annotation `yaml:"annotations,required"`
	}
	glossaryFile struct {
		Terms []handbook.TermMeta `yaml:"terms,required" is:"words that this handbook explains"`
	}
	peopleFile struct {
		People []handbook.PersonMeta `yaml:"people,required" is:"who can be asked; no figure is about any of them"`
	}
)

// Verdicts reads a failures.yaml. Entries without what they need are reported
// and left out; what they name is for the caller to find.
func Verdicts(data []byte, file string, found *diag.List) []handbook.Verdict {
	var v failuresFile
	strictyaml.Decode(data, diag.Pos{Path: file, Line: 1, Column: 1}, &v, codes, found)
	var list []handbook.Verdict
	for _, f := range slices.DeleteFunc(v.Failures, func(f verdict) bool { return f.Deployment.Value == "" || f.Reason == "" }) {
		list = append(list, handbook.Verdict(f))
	}
	return list
}

// Annotations reads an annotations.yaml, like Verdicts.
func Annotations(data []byte, file string, found *diag.List) []handbook.Annotation {
	var v annotationsFile
	strictyaml.Decode(data, diag.Pos{Path: file, Line: 1, Column: 1}, &v, codes, found)
	var list []handbook.Annotation
	for _, a := range slices.DeleteFunc(v.Annotations, func(a annotation) bool { return a.Date.Value == "" || a.Text == "" }) {
		list = append(list, handbook.Annotation(a))
	}
	return list
}
