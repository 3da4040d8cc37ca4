package diagram

// Bevel is how far the corners of a decision stand in from its box.
const Bevel = bevel

// TextWidth is the estimate of how wide a text of a class is.
func TextWidth(class, s string) float64 { return faceOf(class).width(s) }

// TextSize is the size of the text of a class.
func TextSize(class string) float64 { return faceOf(class).size }

func faceOf(class string) face {
	switch class {
	case "flow-label":
		return labelFace
	case "flow-role":
		return laneFace
	case "flow-number", "flow-count":
		return numberFace
	case "flow-centre":
		return centreFace
	}
	return noteFace
}
