package io.augserve.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolSpecTest {
    @Property(seed = "2026")
    void takesEveryNameThatAModelCanCall(
            @ForAll @AlphaChars @NumericChars @Chars({'_', '-'}) @StringLength(min = 1, max = 64) String name) {
        assertThat(new ToolSpec(name, "", "{}").name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "é", "a.b", "a\n",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void refusesOtherNames(String name) {
        assertThatThrownBy(() -> new ToolSpec(name, "", "{}")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tool name '" + name + "': expected 1 to 64 letters, digits, '_' or '-'");
    }
}
