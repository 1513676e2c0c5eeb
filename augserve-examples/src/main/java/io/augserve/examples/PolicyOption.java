package io.augserve.examples;

import io.augserve.schedule.Policies;
import java.util.Collection;
import picocli.CommandLine.Option;

/** Who is served first: an option of the commands that run one server. */
public final class PolicyOption {
    @Option(names = "--policy", paramLabel = "NAME", description = "scheduling policy (default: ${DEFAULT-VALUE})")
    private String policy;

    /** @param standard what is taken if nothing is asked for */
    public PolicyOption(String standard) {
        policy = standard;
    }

    /**
     * The policy that was asked for.
     *
     * @throws BadInputException if there is none of this name
     */
    public String name() {
        if (!Policies.exists(policy)) {
            throw new BadInputException(
                    "--policy: expected one of " + String.join(", ", Policies.names()) + ", got '" + policy + "'");
        }
        return policy;
    }

    /**
     * The same for commands that compare policies.
     *
     * @throws BadInputException if there is no policy of one of these names
     */
    public static void requireAll(Collection<String> policies) {
        for (String policy : policies) {
            if (!Policies.exists(policy)) {
                throw new BadInputException("--policy: expected some of " + String.join(", ", Policies.names()) + ", "
                        + String.join(", ", Policies.ablations()) + ", got '" + policy + "'");
            }
        }
    }
}
