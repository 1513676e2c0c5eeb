package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @Test
    void isReadAsItIsWritten() {
        for (Device device : new Device[]{Device.cpu(), Device.cuda(0), Device.cuda(7), Device.rehearsal()}) {
            assertThat(Device.parse(device.toString())).isEqualTo(device);
        }
        assertThat(Device.parse("cuda")).isEqualTo(Device.cuda(0));
        assertThat(Device.cuda(3)).hasToString("cuda:3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:1234", "CPU", "cpu:0"})
    void everythingElseIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Device.parse(text))
                .withMessage("expected cpu, cuda:N or rehearsal, got '" + text + "'");
    }

    @Test
    void thereIsOneProcessor() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Device(Device.Kind.CPU, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Device.cuda(-1));
    }
}
