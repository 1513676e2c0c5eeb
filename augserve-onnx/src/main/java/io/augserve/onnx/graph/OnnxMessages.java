package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelFormatException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the messages that a graph is made of, and counts their parts. One reader's; not thread-safe. */
final class OnnxMessages {
    private static final int EXTERNAL = 1;

    private final Path file;
    private int parts;

    OnnxMessages(Path file) {
        this.file = file;
    }

    /** The reader of one more part, of which there may be {@link OnnxReader#MAX_PARTS}. */
    ProtoReader part(ProtoReader in) {
        if (++parts > OnnxReader.MAX_PARTS) {
            throw problem("model", "more than " + OnnxReader.MAX_PARTS + " parts", "a decoder");
        }
        return in;
    }

    Node node(ProtoReader in) {
        String name = "";
        String domain = "";
        String operator = "";
        List<String> from = new ArrayList<>();
        List<String> to = new ArrayList<>();
        List<Attribute> attributes = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> from.add(part(in).string());
                case 2 -> to.add(part(in).string());
                case 3 -> name = in.string();
                case 4 -> operator = in.string();
                case 5 -> attributes.add(attribute(part(in).message()));
                case 7 -> domain = in.string();
                default -> in.skip();
            }
        }
        return new Node(name, domain.equals("ai.onnx") ? "" : domain, operator, from, to, attributes);
    }

    private Attribute attribute(ProtoReader in) {
        String name = "";
        int type = 0;
        float real = 0;
        long integer = 0;
        Optional<String> text = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.string();
                case 2 -> real = in.fixed32();
                case 3 -> integer = in.varint();
                case 4 -> text = Optional.of(in.string());
                case 20 -> type = in.number();
                default -> in.skip();
            }
        }
        return switch (type) {
            case 1 -> new Attribute.OfFloat(name, real);
            case 2 -> new Attribute.OfInt(name, integer);
            case 3 -> new Attribute.OfString(name, text.orElse(""));
            default -> new Attribute.Encoded(name, type, in.all());
        };
    }

    Initializer initializer(ProtoReader in) {
        String name = "";
        int type = 0;
        List<Long> shape = new ArrayList<>();
        Map<String, String> entries = new LinkedHashMap<>();
        int location = 0;
        long rawOffset = -1;
        long rawLength = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> in.varints(size -> shape.add(dimension(in, size)));
                case 2 -> type = in.number();
                case 8 -> name = in.string();
                case 9 -> {
                    ProtoReader raw = in.message();
                    rawOffset = raw.begin();
                    rawLength = raw.all().byteSize();
                }
                case 13 -> entry(part(in).message(), entries);
                case 14 -> location = in.number();
                default -> in.skip();
            }
        }
        Initializer.Data data = location == EXTERNAL
                ? external(name, entries)
                : rawOffset >= 0
                        ? new Initializer.Data.Raw(in.all(), rawOffset, rawLength)
                        : new Initializer.Data.Listed(in.all());
        return new Initializer(name, type, shape, data);
    }

    private long dimension(ProtoReader in, long size) {
        part(in);
        if (size < 0) {
            throw in.problem("a dimension of " + size, "at least 0");
        }
        return size;
    }

    private static void entry(ProtoReader in, Map<String, String> entries) {
        String key = "";
        String value = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> key = in.string();
                case 2 -> value = in.string();
                default -> in.skip();
            }
        }
        entries.put(key, value);
    }

    private Initializer.Data.External external(String name, Map<String, String> entries) {
        String where = "constant " + name;
        String location = entries.getOrDefault("location", "");
        if (location.isEmpty()) {
            throw problem(where, "no location", "the file that has its numbers");
        }
        OptionalLong length = entries.containsKey("length")
                ? OptionalLong.of(position(where, "length", entries.get("length")))
                : OptionalLong.empty();
        return new Initializer.Data.External(location,
                position(where, "offset", entries.getOrDefault("offset", "0")), length);
    }

    private long position(String where, String what, String text) {
        try {
            long value = Long.parseLong(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) { // reported below like any other wrong number
        }
        throw problem(where, what + " " + text, "a number of bytes");
    }

    TensorValue value(ProtoReader in) {
        TensorValue value = new TensorValue("", 0, Optional.empty());
        String name = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.string();
                case 2 -> value = type(in.message());
                default -> in.skip();
            }
        }
        return new TensorValue(name, value.type(), value.shape());
    }

    /** Of a tensor; another type is left as 0, which is none. */
    private TensorValue type(ProtoReader in) {
        int type = 0;
        Optional<List<Dimension>> shape = Optional.empty();
        while (in.next()) {
            if (in.field() != 1) {
                in.skip();
                continue;
            }
            ProtoReader tensor = in.message();
            while (tensor.next()) {
                switch (tensor.field()) {
                    case 1 -> type = tensor.number();
                    case 2 -> shape = Optional.of(shape(tensor.message()));
                    default -> tensor.skip();
                }
            }
        }
        return new TensorValue("", type, shape);
    }

    private List<Dimension> shape(ProtoReader in) {
        List<Dimension> shape = new ArrayList<>();
        while (in.next()) {
            if (in.field() != 1) {
                in.skip();
                continue;
            }
            Dimension dimension = Dimension.of("");
            ProtoReader each = part(in).message();
            while (each.next()) {
                switch (each.field()) {
                    case 1 -> dimension = Dimension.of(dimension(each, each.varint()));
                    case 2 -> dimension = Dimension.of(each.string());
                    default -> each.skip();
                }
            }
            shape.add(dimension);
        }
        return shape;
    }

    private ModelFormatException problem(String where, String found, String expected) {
        return new ModelFormatException(file, where, found, expected);
    }
}
