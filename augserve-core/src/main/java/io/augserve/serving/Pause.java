package io.augserve.serving;

import io.augserve.tool.ToolResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The calls of one turn that are out, and the results that are in. */
final class Pause {
    final List<ToolInvocation> invocations = new ArrayList<>();
    private final List<String> tools;
    private final ToolResult[] results;
    private int missing;

    /** @param tools names in the order of the calls */
    Pause(List<String> tools) {
        this.tools = tools;
        this.results = new ToolResult[tools.size()];
        this.missing = tools.size();
    }

    /** Records a result; each index once. */
    void put(int index, ToolResult result) {
        if (results[index] != null) {
            throw new IllegalStateException("call " + index + " has a result already");
        }
        results[index] = result;
        missing--;
    }

    List<String> tools() {
        return tools;
    }

    boolean complete() {
        return missing == 0;
    }

    /** All results in the order of the calls, once complete. */
    List<ToolResult> results() {
        return Arrays.asList(results);
    }
}
