package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.augserve.schedule.BatchPolicy;
import io.augserve.schedule.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/**
 * The simulator against 300 requests that were replayed on real vLLM 0.19 (casys-kaist/LLMServingSim, commit 5daddb2, MIT), mean over
 * the requests. Skipped where the measurements are not at hand.
 */
class VllmReplayTest {
    private static final Path DATA = Path.of(System.getProperty("augserve.shared", "../shared"),
            "data/llmservingsim-replay");

    private record Means(double ttft, double tpot, double latency) {
        double worstRatio(Means other) {
            return Math.max(Math.abs(ttft / other.ttft - 1),
                    Math.max(Math.abs(tpot / other.tpot - 1), Math.abs(latency / other.latency - 1)));
        }

        String comparedWith(Means measured) {
            return "TTFT %.3f s (%+.1f %%), TPOT %.4f s (%+.1f %%), latency %.3f s (%+.1f %%)".formatted(ttft,
                    100 * (ttft / measured.ttft - 1), tpot, 100 * (tpot / measured.tpot - 1), latency,
                    100 * (latency / measured.latency - 1));
        }
    }

    @Test
    void theRtx4090RunIsMetWithin3Percent() throws IOException {
        Means[] both = replay("vllm0.19_llama3.1-8b_RTX4090_measured.csv", "llama3.1-8b@rtx4090");
        System.out.println("RTX 4090: " + both[0].comparedWith(both[1]));
        assertThat(both[0].worstRatio(both[1])).as(both[0].comparedWith(both[1])).isLessThan(0.03);
    }

    @Test
    void theRtxPro6000RunIsReported() throws IOException {
        Means[] both = replay("vllm0.19_llama3.1-8b_RTXPRO6000_measured.csv", "llama3.1-8b@rtxpro6000");
        System.out.println("RTX PRO 6000: " + both[0].comparedWith(both[1]));
        // The constants were fitted to kernels, not to this run, and miss its mixed batches; the error is stated, not tuned away.
        assertThat(both[0].worstRatio(both[1])).as(both[0].comparedWith(both[1])).isLessThan(0.30);
    }

    private static Means[] replay(String file, String profileName) throws IOException {
        assumeThat(DATA).exists();
        List<TraceRequest> trace = new ArrayList<>();
        double ttft = 0;
        double tpot = 0;
        double latency = 0;
        for (String line : Files.readAllLines(DATA.resolve(file)).stream().skip(1).toList()) {
            String[] fields = line.split(",");
            double arrival = Double.parseDouble(fields[1]);
            int output = Integer.parseInt(fields[3]);
            double first = Double.parseDouble(fields[6]);
            double last = Double.parseDouble(fields[7]);
            trace.add(new TraceRequest(fields[0], "sharegpt", Optional.empty(), OptionalDouble.of(arrival),
                    Integer.parseInt(fields[2]), List.of(TraceSegment.last(output)), Optional.empty(), 0));
            ttft += first - arrival;
            tpot += (last - first) / (output - 1);
            latency += last - arrival;
        }
        Means measured = new Means(ttft / trace.size(), tpot / trace.size(), latency / trace.size());
        HardwareProfile profile = HardwareProfile.builtin(profileName).orElseThrow();
        Simulation.Result result = new Simulation(profile, Workload.replay(trace), Scheduler.fcfs(),
                BatchPolicy.fixed(2048)).run(Duration.ofSeconds(30), Duration.ofHours(1));
        assertThat(result.outcomes()).hasSize(trace.size()).allMatch(RequestOutcome::finished);
        return new Means[]{means(result.outcomes()), measured};
    }

    private static Means means(List<RequestOutcome> outcomes) {
        double ttft = 0;
        double tpot = 0;
        double latency = 0;
        for (RequestOutcome outcome : outcomes) {
            double first = outcome.firstTokenNanos().orElseThrow() / 1e9;
            double end = outcome.endNanos().orElseThrow() / 1e9;
            double arrival = outcome.arrivalNanos() / 1e9;
            ttft += first - arrival;
            tpot += (end - first) / (outcome.outputTokens() - 1);
            latency += end - arrival;
        }
        int n = outcomes.size();
        return new Means(ttft / n, tpot / n, latency / n);
    }
}
