package io.augserve.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that ONNX Runtime 1.28 (JavaCPP, CUDA 13) and 1.29 gave on machines without a GPU, and the texts of CUDA's own errors. */
class CudaDiagnosisTest {
    private static final String PREFIX = "/build/onnxruntime/core/session/provider_bridge_ort.cc:2020 onnxruntime::Provider& "
            + "onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library /lib/";

    private static Optional<String> of(String message, String... there) {
        Set<String> libraries = Set.of(there);
        return new CudaDiagnosis(libraries::contains).of("ONNX Runtime 1.29.0 from /lib/libonnxruntime.so",
                Device.cuda(1), message);
    }

    @Test
    void aMissingToolkitNamesItsVersionAndWhatIsThere() {
        String message = PREFIX + "libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared "
                + "object file: No such file or directory\n";
        assertThat(of(message))
                .hasValue("CUDA device 1 cannot be used: libcublasLt.so.12 is missing: CUDA 12 is needed, no "
                        + "CUDA was found; install CUDA 12's runtime libraries and put their folder on LD_LIBRARY_PATH. ONNX "
                        + "Runtime 1.29.0 from /lib/libonnxruntime.so says: " + message.strip());
        assertThat(of(message, "libcudart.so.13").orElseThrow())
                .contains("CUDA 12 is needed, CUDA 13 was found", "or use an ONNX Runtime for CUDA 13");
        assertThat(of(message, "libcudart.so.12").orElseThrow()).contains("no CUDA was found");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            libcudart.so.13   | libcudart.so.13 is missing: CUDA 13 is needed
            libcudnn.so.9     | libcudnn.so.9 is missing: cuDNN 9 is needed
            libcuda.so.1      | libcuda.so.1, NVIDIA's driver, is missing
            libfoo.so.3       | libfoo.so.3 is missing; install it
            """)
    void missingLibrariesAreNamed(String library, String expected) {
        assertThat(of(PREFIX + "libonnxruntime_providers_cuda.so with error: " + library
                + ": cannot open shared object file: No such file or directory").orElseThrow()).contains(expected);
    }

    @Test
    void aProviderThatLiesElsewhereIsNamed() {
        assertThat(
                of(PREFIX + "libonnxruntime_providers_shared.so with error: /lib/libonnxruntime_providers_shared.so: "
                        + "cannot open shared object file: No such file or directory").orElseThrow())
                .contains("libonnxruntime_providers_shared.so is missing; it must lie beside");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CUDA execution provider is not enabled in this build.                        | was built without CUDA
            CUDA execution provider is either not enabled or not available.              | was built without CUDA
            /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found              | needs GLIBC_2.38
            undefined symbol: _ZN11onnxruntime4cuda3fooE                                 | of another build
            CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1 | driver is too old
            CUDA failure 100: no CUDA-capable device is detected ; GPU=0                 | sees no GPU
            CUDA failure 101: invalid device ordinal ; GPU=1                             | there is no device 1
            CUDA failure 209: no kernel image is available for execution on the device   | no kernels for this GPU
            Available memory of 1024 is smaller than requested bytes of 4096             | too little free memory
            cuDNN is not available. Install cuDNN, update the system library search path | cuDNN 9 is needed
            CUDA failure 719: unspecified launch failure ; GPU=0                         | CUDA failed
            """)
    void everyCauseHasItsRemedy(String message, String expected) {
        assertThat(of(message).orElseThrow()).contains(expected).contains("says: " + message);
    }

    @Test
    void otherProblemsAreLeftAsTheyAre() {
        assertThat(of("This is an invalid model. Error: the graph is not acyclic.")).isEmpty();
    }

    @Test
    void theCpuLibraryIsAskedForCuda() {
        try (OrtEnvironment environment = OrtEnvironment.create(OrtLibrary.bundled())) {
            environment.requireDevice(Device.CPU);
            assertThatThrownBy(() -> environment.requireDevice(Device.cuda(0))).isInstanceOf(OrtException.class)
                    .hasMessageStartingWith("CUDA device 0 cannot be used: this library was built without CUDA")
                    .hasMessageContaining("onnxruntime_gpu").hasMessageContaining(OrtLibrary.PROPERTY)
                    .hasMessageContaining(OrtLibrary.bundled().version())
                    .hasMessageContaining(OrtLibrary.bundled().file().toString());
        }
    }
}
