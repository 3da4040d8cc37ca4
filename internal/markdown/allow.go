package markdown

// kind says how an element of raw HTML is treated.
type kind uint8

const (
	phrasing kind = iota + 1 // may stand in a sentence
	flow                     // may not stand in a sentence, closes an open paragraph
	titling                  // h1 to h6
	line                     // hr
	breaking                 // br, wbr: no end tag
	item                     // li, dt, dd: only inside a list
	tabular                  // the parts of a table: only inside a table
	ruby                     // rt, rp: only inside ruby
	summary                  // only inside details
	anchor                   // a
	picture                  // img
	media                    // becomes a link
	source                   // of media
	stripped                 // the tags are left out, the content stays
	removed                  // left out with its content
)

// rule is what the allow-list says about an element.
type rule struct {
	kind   kind
	as     string // the element that is written; "": the same
	attrs  string // attributes of its own that are kept, between spaces
	active bool   // that it is left out is said
	raw    bool   // its content is no HTML
}

// elements is the allow-list. What is not in it is no element: people write
// <name> for something to fill in, and other tools' components.
var elements = map[string]rule{
	"abbr": {kind: phrasing}, "b": {kind: phrasing}, "bdi": {kind: phrasing}, "bdo": {kind: phrasing},
	"cite": {kind: phrasing}, "code": {kind: phrasing}, "del": {kind: phrasing, attrs: " datetime "},
	"dfn": {kind: phrasing}, "em": {kind: phrasing}, "i": {kind: phrasing}, "ins": {kind: phrasing, attrs: " datetime "},
	"kbd": {kind: phrasing}, "mark": {kind: phrasing}, "q": {kind: phrasing}, "ruby": {kind: phrasing},
	"s": {kind: phrasing}, "samp": {kind: phrasing}, "small": {kind: phrasing}, "span": {kind: phrasing},
	"strong": {kind: phrasing}, "sub": {kind: phrasing}, "sup": {kind: phrasing},
	"time": {kind: phrasing, attrs: " datetime "}, "u": {kind: phrasing}, "var": {kind: phrasing},
	"big": {kind: phrasing, as: "span"}, "font": {kind: phrasing, as: "span"}, "acronym": {kind: phrasing, as: "abbr"},
	"strike": {kind: phrasing, as: "s"}, "tt": {kind: phrasing, as: "code"},

	"blockquote": {kind: flow}, "details": {kind: flow, attrs: " open "}, "div": {kind: flow, attrs: " align "},
	"dl": {kind: flow}, "figure": {kind: flow}, "figcaption": {kind: flow},
	"ol": {kind: flow, attrs: " start reversed type "}, "p": {kind: flow, attrs: " align "},
	"pre": {kind: flow}, "table": {kind: flow, attrs: " width "}, "ul": {kind: flow},
	"address": {kind: flow, as: "div"}, "article": {kind: flow, as: "div"}, "aside": {kind: flow, as: "div"},
	"center": {kind: flow, as: "div"}, "footer": {kind: flow, as: "div"}, "header": {kind: flow, as: "div"},
	"main": {kind: flow, as: "div"}, "nav": {kind: flow, as: "div"}, "section": {kind: flow, as: "div"},

	"h1": {kind: titling}, "h2": {kind: titling}, "h3": {kind: titling},
	"h4": {kind: titling}, "h5": {kind: titling}, "h6": {kind: titling},
	"hr": {kind: line}, "br": {kind: breaking}, "wbr": {kind: breaking},
	"li": {kind: item, attrs: " value "}, "dt": {kind: item}, "dd": {kind: item},
	"rt": {kind: ruby}, "rp": {kind: ruby}, "summary": {kind: summary},

	"caption": {kind: tabular, attrs: " align "}, "colgroup": {kind: tabular, attrs: " span "},
	"col": {kind: tabular, attrs: " span width "}, "thead": {kind: tabular}, "tbody": {kind: tabular}, "tfoot": {kind: tabular},
	"tr": {kind: tabular, attrs: " align "}, "td": {kind: tabular, attrs: " align colspan rowspan width "},
	"th": {kind: tabular, attrs: " align colspan rowspan scope width "},

	"a": {kind: anchor}, "img": {kind: picture}, "source": {kind: source},
	"audio": {kind: media}, "embed": {kind: media}, "iframe": {kind: media, raw: true}, "object": {kind: media}, "video": {kind: media},

	"body": {kind: stripped}, "head": {kind: stripped}, "html": {kind: stripped}, "noscript": {kind: stripped},
	"picture": {kind: stripped}, "hgroup": {kind: stripped}, "search": {kind: stripped}, "menu": {kind: stripped},
	"nobr": {kind: stripped}, "data": {kind: stripped}, "map": {kind: stripped}, "area": {kind: stripped},
	"track": {kind: stripped}, "param": {kind: stripped}, "meter": {kind: stripped}, "progress": {kind: stripped},
	"output": {kind: stripped}, "slot": {kind: stripped}, "blink": {kind: stripped}, "marquee": {kind: stripped},
	"rb": {kind: stripped}, "rtc": {kind: stripped}, "dialog": {kind: stripped},

	"form": {kind: stripped, active: true}, "button": {kind: stripped, active: true}, "input": {kind: stripped, active: true},
	"label": {kind: stripped}, "fieldset": {kind: stripped}, "legend": {kind: stripped},
	"link": {kind: stripped, active: true}, "meta": {kind: stripped, active: true}, "base": {kind: stripped, active: true},
	"frame": {kind: stripped, active: true}, "frameset": {kind: stripped, active: true}, "applet": {kind: stripped, active: true},

	"script": {kind: removed, active: true, raw: true}, "style": {kind: removed, active: true, raw: true},
	"template": {kind: removed, active: true}, "textarea": {kind: removed, active: true, raw: true},
	"select": {kind: removed, active: true}, "datalist": {kind: removed, active: true},
	"svg": {kind: removed, active: true}, "math": {kind: removed, active: true}, "canvas": {kind: removed, active: true},
	"title": {kind: removed, raw: true}, "noembed": {kind: removed, raw: true}, "noframes": {kind: removed, raw: true},
	"xmp": {kind: removed, raw: true}, "plaintext": {kind: removed, raw: true},
}

// mediaNames say what a link to media leads to.
var mediaNames = map[string]string{"audio": "Audio", "embed": "Embedded file", "iframe": "Embedded page", "object": "Embedded file", "video": "Video"}
