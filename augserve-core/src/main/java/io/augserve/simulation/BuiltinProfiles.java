package io.augserve.simulation;

import io.augserve.predict.IterationTime;
import java.util.List;

/**
 * The profiles that come with the library. Units are those of {@link IterationTime}; rates are in GB/s (10^9), host
 * memory in GB.
 * <p>
 * KV bytes per token are 2 (keys, values) * layers * KV heads * head size * 2 bytes: Llama-3-8B 131,072, Llama-2-7B
 * 524,288, GPT-J-6B 458,752, a 13B model without grouped heads 819,200, Llama-3-70B 327,680. Rates: PCIe 4 x16 moves 26
 * GB/s in one direction (NVIDIA/nvbandwidth, sample output), PCIe 5 about 50 GB/s for KV blocks of 2 MB (vLLM blog,
 * 2026-01-08, KV offloading).
 */
final class BuiltinProfiles {
    private static final long GPT_J_6B = 458_752;
    private static final long DENSE_13B = 819_200;
    private static final long LLAMA_2_7B = 524_288;
    private static final long LLAMA_3_8B = 131_072;
    private static final long LLAMA_3_70B = 327_680;
    private static final int PCIE_4 = 26;
    private static final int PCIE_5 = 50;
    private static final int BLOCK_SIZE = 16;
    private static final int MAX_BATCH_TOKENS = 2_048;
    private static final int MAX_SEQUENCES = 256;

    private static final String SCALED = "Scaled, not measured; overhead as reported for InferCept on OPT-13B/H800. ";
    private static final String COMPOSED = "Fitted to composed kernel times, TP1, no overhead; KV capacity computed for 90% "
            + "of 80 GB, host memory assumed. ";

    /** In the order of {@link HardwareProfile#names()}. */
    static final List<HardwareProfile> ALL = List.of(
            // The four set-ups of the AugServe paper, scaled from the measured profiles below by weight bytes (a),
            // operations per token (b, e) and KV bytes per token (d).
            profile("gptj-6b@rtx4090", new IterationTime(14.0, 0.0666, 0.0145, 0.000482, 3.5e-6, 184, 13), 18_500,
                    GPT_J_6B, 128, PCIE_4, SCALED + "From llama3.1-8b on RTX 4090."),
            profile("opt-13b@h800", new IterationTime(11.5, 0.0368, 0.011, 0.000273, 1.41e-6, 32, 14), 54_700,
                    DENSE_13B, 128, PCIE_5, SCALED + "From llama2-7b on H100."),
            // a and b are InferCept's own constants (15.4 + 0.0279 per token); the rest is halved for two cards.
            profile("vicuna-13b@2xa100-40g", new IterationTime(15.4, 0.0279, 0.0134, 0.00026, 2.7e-6, 0, 13), 53_700,
                    DENSE_13B, 64, PCIE_4, SCALED + "a, b: InferCept's 13B TP2 constants; c, d, e: llama2-7b on A100."),
            profile("llama3-70b@4xa100-80g", new IterationTime(27.0, 0.155, 0.03, 6.5e-5, 1e-5, 64, 14), 430_000,
                    LLAMA_3_70B, 256, PCIE_4, SCALED + "Over four cards; attention terms from llama3-8b on A100."),
            // LLMServingSim's layer profile of vLLM 0.19 (MIT), additive form. 2,588 blocks are what vLLM itself
            // reported; a replay of 300 requests came within +2.0 (TTFT), +1.4 (TPOT) and +1.9 (latency) percent of the
            // real run.
            profile("llama3.1-8b@rtx4090", new IterationTime(18.575, 0.08835, 0.01454, 0.00013784, 4.0244e-6, 184, 0),
                    41_408, LLAMA_3_8B, 128, PCIE_4,
                    "LLMServingSim profile of vLLM 0.19, MIT; KV capacity measured, host memory assumed; replay against "
                            + "real vLLM: TTFT +2.0%, TPOT +1.4%, latency +1.9%."),
            // As above, linear form. The real run reported no KV capacity and never came near it; 0.9 * 96 GB less 16
            // GB of weights and the 1.2 GB that the RTX 4090 run lost beside them leaves about 69 GB. Its server took
            // 128 sequences.
            profile("llama3.1-8b@rtxpro6000", new IterationTime(11.082, 0.02932, 0, 8.4439e-5, 2.2787e-6, 0, 0),
                    520_000, LLAMA_3_8B, 128, PCIE_5,
                    "LLMServingSim profile of vLLM 0.19, MIT; KV capacity estimated, host memory assumed; replay against "
                            + "real vLLM: TTFT -23%, TPOT -8.8%, latency -12.5% (too fast when prefill and decode mix).")
                    .withLimits(MAX_BATCH_TOKENS, 128),
            // Kernel times of AIConfigurator (Apache-2.0) and operator times of Vidur (MIT), hinge form. Two
            // independent measurements of the A100 differ by 20% in b; both are here.
            profile("llama3-8b@a100", new IterationTime(12.03312, 0.05538, 0.00559, 8.31224e-5, 3.2963e-6, 80, 0),
                    430_000, LLAMA_3_8B, 128, PCIE_4, COMPOSED + "AIConfigurator (vLLM 0.14); mean error 3.2%."),
            profile("llama3-8b@a100-vidur", new IterationTime(11.4263, 0.06744, 0, 8.25389e-5, 3.1829e-6, 48, 0),
                    430_000, LLAMA_3_8B, 128, PCIE_4, COMPOSED + "Vidur operators; mean error 4.2%."),
            profile("llama2-7b@a100", new IterationTime(10.16347, 0.06319, 0.00267, 0.0003368065, 3.4684e-6, 64, 0),
                    110_000, LLAMA_2_7B, 128, PCIE_4, COMPOSED + "Vidur operators; mean error 4.1%."),
            profile("llama3-8b@h100", new IterationTime(6.96851, 0.0199, 0.00629, 4.38263e-5, 8.853e-7, 192, 0),
                    430_000, LLAMA_3_8B, 128, PCIE_5,
                    COMPOSED + "AIConfigurator (vLLM 0.19); mean error 3.5%, 2.2% against 42 measured decode times."),
            profile("llama2-7b@h100", new IterationTime(6.02152, 0.01928, 0.0087, 0.0001744118, 9.022e-7, 32, 0),
                    110_000, LLAMA_2_7B, 128, PCIE_5, COMPOSED + "Vidur operators; mean error 3.7%."));

    private BuiltinProfiles() {}

    private static HardwareProfile profile(String name, IterationTime time, int kvTokens, long kvBytesPerToken,
            long hostGigabytes, int pcieGigabytes, String source) {
        return new HardwareProfile(name, time, kvTokens, BLOCK_SIZE, kvBytesPerToken, hostGigabytes * 1_000_000_000,
                pcieGigabytes * 1e9, MAX_BATCH_TOKENS, MAX_SEQUENCES, source);
    }
}
