package io.augserve.examples.micrometer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page in Prometheus' text format 0.0.4, read by its rules, and where it breaks them. */
final class Exposition {
    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern TYPE = Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram|summary)");
    private static final Pattern LABEL = Pattern
            .compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\",?");
    private static final Pattern SAMPLE = Pattern.compile("(" + NAME + ")(?:\\{(.*)})? (\\S+)");

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();
    /** By family and other labels: upper bounds and cumulative counts, in their order. */
    private final Map<String, Map<Double, Double>> buckets = new TreeMap<>();
    private String family = "";

    static Exposition of(String page) {
        Exposition read = new Exposition();
        if (!page.endsWith("\n")) {
            read.violations.add("the last line has no end");
        }
        page.lines().forEach(read::line);
        read.checkBuckets();
        return read;
    }

    private void line(String line) {
        Matcher type = TYPE.matcher(line);
        if (type.matches()) {
            family = type.group(1);
            if (types.put(family, type.group(2)) != null) {
                violations.add("a second TYPE of " + family);
            }
        } else if (!line.startsWith("# HELP ")) {
            sample(line);
        }
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            violations.add("no sample: " + line);
            return;
        }
        String name = sample.group(1);
        Map<String, String> labels = labels(sample.group(2) == null ? "" : sample.group(2), line);
        double value = sample.group(3).equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(sample.group(3));
        if (!suffixes().contains(name.substring(Math.min(name.length(), family.length())))
                || !name.startsWith(family)) {
            violations.add(name + " is not of the " + types.get(family) + " " + family);
        }
        if (name.equals(family + "_bucket") && "histogram".equals(types.get(family))) {
            String le = labels.remove("le");
            double bound = "+Inf".equals(le) ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
            buckets.computeIfAbsent(key(family, labels), key -> new LinkedHashMap<>()).put(bound, value);
        } else if (samples.put(key(name, labels), value) != null) {
            violations.add("a second sample of " + key(name, labels));
        }
    }

    private List<String> suffixes() {
        return switch (types.getOrDefault(family, "none")) {
            case "histogram" -> List.of("_bucket", "_count", "_sum");
            case "summary" -> List.of("", "_count", "_sum");
            case "counter", "gauge" -> List.of("");
            default -> List.of();
        };
    }

    private Map<String, String> labels(String text, String line) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (label.find() && label.start() == end) {
            labels.put(label.group(1), label.group(2));
            end = label.end();
        }
        if (end != text.length()) {
            violations.add("labels that cannot be read: " + line);
        }
        return labels;
    }

    private void checkBuckets() {
        buckets.forEach((key, counts) -> {
            double bound = Double.NEGATIVE_INFINITY;
            double count = 0;
            for (Map.Entry<Double, Double> bucket : counts.entrySet()) {
                if (bucket.getKey() <= bound || bucket.getValue() < count) {
                    violations.add("buckets of " + key + " do not ascend at " + bucket.getKey());
                }
                bound = bucket.getKey();
                count = bucket.getValue();
            }
            if (bound != Double.POSITIVE_INFINITY) {
                violations.add("no +Inf bucket of " + key);
            }
            int labels = key.indexOf('{');
            String counter = labels < 0 ? key + "_count" : key.substring(0, labels) + "_count" + key.substring(labels);
            if (samples.getOrDefault(counter, Double.NaN) != count) {
                violations.add("the +Inf bucket of " + key + " is not its count");
            }
        });
    }

    private static String key(String name, Map<String, String> labels) {
        StringBuilder key = new StringBuilder(name);
        String separator = "{";
        for (Map.Entry<String, String> label : labels.entrySet()) {
            key.append(separator).append(label.getKey()).append('=').append(label.getValue());
            separator = ",";
        }
        return labels.isEmpty() ? name : key.append('}').toString();
    }

    List<String> violations() {
        return violations;
    }

    /** By name. */
    Map<String, String> types() {
        return types;
    }

    /** By {@code name{label=value,...}}, labels in the order of the alphabet. */
    Map<String, Double> samples() {
        return samples;
    }

    /** Upper bounds but the last, which is infinite. */
    List<Double> bounds(String family) {
        return buckets.entrySet().stream().filter(entry -> (entry.getKey() + "{").startsWith(family + "{"))
                .map(entry -> List.copyOf(entry.getValue().keySet())).map(all -> all.subList(0, all.size() - 1))
                .findFirst().orElse(List.of());
    }
}
