package io.augserve.examples.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions evaluated by hand. */
class ArithmeticTest {
    @ParameterizedTest
    @CsvSource({"7,7", "37 * 12,444", "2 + 3 * 4,14", "(2 + 3) * 4,20", "10 - 4 - 3,3", "-5 + 2,-3", "--5,5",
            "2 * -3,-6", "7 / 2,3.5", "1 / 3,0.3333333", "8 / 4 / 2,1", "0.1 + 0.2,0.3", "1.50,1.5", "100 * 10,1000",
            "5 - 5,0", "0.0,0", "' ( 1+2 ) ',3", "99999999999999999999 + 1,100000000000000000000"})
    void values(String expression, String value) {
        assertThat(Arithmetic.evaluate(expression)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "2 +", "* 2", "two", "2 3", "1.2.3", ".", "()", "2)", "2 ^ 3", "1e3"})
    void noExpressions(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Arithmetic.evaluate(text))
                .withMessage("'" + text + "' is not an arithmetic expression");
    }

    @Test
    void aBracketThatStaysOpen() {
        assertThatIllegalArgumentException().isThrownBy(() -> Arithmetic.evaluate("(1 + 2"))
                .withMessage("a ')' is missing in '(1 + 2'");
    }

    @Test
    void divisionByZero() {
        assertThatIllegalArgumentException().isThrownBy(() -> Arithmetic.evaluate("1 / (2 - 2)"))
                .withMessage("division by zero");
    }

    @Test
    void bracketsBeyondTheDepth() {
        assertThatIllegalArgumentException().isThrownBy(() -> Arithmetic.evaluate("(".repeat(100_000)))
                .withMessage("the expression is nested more than 100 deep");
        assertThatIllegalArgumentException().isThrownBy(() -> Arithmetic.evaluate("-".repeat(100_000) + "1"))
                .withMessage("the expression is nested more than 100 deep");
        assertThat(Arithmetic.evaluate("(".repeat(100) + "1" + ")".repeat(100))).isEqualTo("1");
    }
}
