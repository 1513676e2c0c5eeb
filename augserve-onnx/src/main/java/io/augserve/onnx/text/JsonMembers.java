package io.augserve.onnx.text;

/** Finds values in JSON text that is already known to be one valid object, where their exact spelling matters. */
final class JsonMembers {
    private JsonMembers() {}

    /**
     * The text of a member's value, which is an object.
     *
     * @param member counted from 0 in the order of the text
     */
    static String value(String object, int member) {
        JsonBalance balance = new JsonBalance();
        int seen = -1;
        int start = -1;
        for (int i = 0; i < object.length(); i++) {
            char c = object.charAt(i);
            boolean structure = !balance.inString();
            balance.accept(c);
            if (!structure) {
                continue;
            }
            if (start < 0 && c == ':' && balance.depth() == 1 && ++seen == member) {
                start = i;
            } else if (start >= 0 && c == '}' && balance.depth() == 1) {
                return object.substring(object.indexOf('{', start), i + 1);
            }
        }
        throw new IllegalArgumentException("no member " + member + " in " + object);
    }
}
