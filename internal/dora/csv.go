package dora

import (
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// WriteCSV writes a row for each period of each service. The columns are the
// paths of the JSON keys joined by "_"; a value that does not exist is an empty
// cell, and its reason stands in the column of that name. Totals are left out:
// a sheet that adds the rows up would count them twice.
func (r Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	var header []string
	flatten("", reflect.ValueOf(row{}), func(column, _ string) { header = append(header, column) })
	if err := out.Write(header); err != nil {
		return fmt.Errorf("write report as CSV: %w", err)
	}
	for _, s := range r.Services {
		for _, p := range s.Periods {
			var cells []string
			v := row{s.Service, s.Team, s.Environment, s.Source, s.AsOf, s.Coverage, p}
			flatten("", reflect.ValueOf(v), func(_, cell string) { cells = append(cells, cell) })
			if err := out.Write(cells); err != nil {
				return fmt.Errorf("write report as CSV: %w", err)
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write report as CSV: %w", err)
	}
	return nil
}

// row is what a row of the CSV holds.
type row struct {
	Service     *string   `json:"service"`
	Team        *string   `json:"team"`
	Environment string    `json:"environment"`
	Source      Source    `json:"source"`
	AsOf        time.Time `json:"as_of"`
	Coverage    Coverage  `json:"coverage"`
	Period
}

// flatten visits the values of a struct with the path of their JSON keys.
func flatten(path string, v reflect.Value, visit func(column, cell string)) {
	switch value := v.Interface().(type) {
	case Number:
		cell := ""
		if value.known {
			cell = strconv.FormatFloat(value.rounded(), 'f', -1, 64)
		}
		visit(path, cell)
		return
	case time.Time:
		cell := ""
		if !value.IsZero() {
			cell = value.UTC().Format(time.RFC3339)
		}
		visit(path, cell)
		return
	case []string:
		visit(path, inert(strings.Join(value, " ")))
		return
	case *string:
		cell := ""
		if value != nil {
			cell = *value
		}
		visit(path, inert(cell))
		return
	}
	if v.Kind() != reflect.Struct {
		visit(path, inert(fmt.Sprint(v.Interface())))
		return
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous:
			name = path
		case path != "":
			name = path + "_" + name
		}
		flatten(name, v.Field(i), visit)
	}
}

// inert puts a quote before text that a spreadsheet would run as a formula.
// Names come from events, and so from anyone.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
