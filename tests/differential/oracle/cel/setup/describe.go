// SPDX-License-Identifier: 0BSD

package setup

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	apiservercel "k8s.io/apiserver/pkg/cel"
)

type object = map[string]any

func doubleText(value float64) string {
	switch {
	case math.IsNaN(value):
		return "NaN"
	case math.IsInf(value, 1):
		return "Infinity"
	case math.IsInf(value, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}

func instant(kind string, seconds int64, nanos int64) object {
	return object{"type": kind, "seconds": strconv.FormatInt(seconds, 10), "nanos": nanos}
}

func described(kind, text string) object {
	return object{"type": kind, "value": text}
}

// Values of the libraries, by their canonical text.
func describeLibrary(value ref.Val) object {
	kind := value.Type().TypeName()
	switch found := value.(type) {
	case apiservercel.Quantity:
		return described(kind, found.Quantity.String())
	case apiservercel.IP:
		return described(kind, found.Addr.String())
	case apiservercel.CIDR:
		return described(kind, found.Prefix.String())
	case apiservercel.URL:
		return described(kind, found.URL.String())
	case apiservercel.Semver:
		return described(kind, found.Version.String())
	case apiservercel.Format:
		return described(kind, found.Name)
	case *apiservercel.Format:
		return described(kind, found.Name)
	}
	return described(kind, fmt.Sprint(value.Value()))
}

// Describe is the self-describing form of a value; the order of a map's entries does not count.
func Describe(value ref.Val) object {
	switch found := value.(type) {
	case types.Null:
		return object{"type": "null"}
	case types.Bool:
		return object{"type": "bool", "value": bool(found)}
	case types.Int:
		return described("int", strconv.FormatInt(int64(found), 10))
	case types.Uint:
		return described("uint", strconv.FormatUint(uint64(found), 10))
	case types.Double:
		return described("double", doubleText(float64(found)))
	case types.String:
		return described("string", string(found))
	case types.Bytes:
		return object{"type": "bytes", "base64": base64.StdEncoding.EncodeToString(found)}
	case types.Duration:
		return instant("duration", int64(found.Duration/1e9), int64(found.Duration%1e9))
	case types.Timestamp:
		return instant("timestamp", found.Unix(), int64(found.Nanosecond()))
	case *types.Type:
		return described("type", found.TypeName())
	case *types.Optional:
		if !found.HasValue() {
			return object{"type": "optional"}
		}
		return object{"type": "optional", "value": Describe(found.GetValue())}
	case traits.Mapper:
		entries := []any{}
		for keys := found.Iterator(); keys.HasNext() == types.True; {
			key := keys.Next()
			entries = append(entries, []any{Describe(key), Describe(found.Get(key))})
		}
		return object{"type": "map", "entries": entries}
	case traits.Lister:
		elements := []any{}
		for each := found.Iterator(); each.HasNext() == types.True; {
			elements = append(elements, Describe(each.Next()))
		}
		return object{"type": "list", "value": elements}
	}
	return describeLibrary(value)
}
