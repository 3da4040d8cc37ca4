package archetype

import (
	"bytes"
	"io/fs"
	"strings"
)

// File is a file of a new site.
type File struct {
	Name string // below the site's folder
	Data []byte
}

// title stands in files/site for the title of the site.
const title = "TITLE"

// Site is a small site with a title, in the order of its names: those in
// files/site.
func Site(name string) []File {
	var list []File
	const top = "files/site"
	err := fs.WalkDir(files, top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(path)
		list = append(list, File{strings.TrimPrefix(path, top+"/"), bytes.ReplaceAll(data, []byte(title), []byte(name))})
		return err
	})
	if err != nil {
		panic(err) // of files within the program
	}
	return list
}
