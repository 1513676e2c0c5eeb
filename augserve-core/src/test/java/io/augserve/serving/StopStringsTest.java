package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class StopStringsTest {
    @Test
    void holdsBackOnlyWhatMayBecomeAStop() {
        StopStrings stops = new StopStrings(List.of("<end>", "<eos>"));
        assertThat(stops.push("text <e")).isEqualTo("text ");
        assertThat(stops.push("n")).isEmpty();
        assertThat(stops.push("x")).isEqualTo("<enx");
        assertThat(stops.push("<eo")).isEmpty();
        assertThat(stops.finish()).isEqualTo("<eo");
        assertThat(stops.matched()).isFalse();
    }

    @Test
    void theEarliestStopWins() {
        StopStrings stops = new StopStrings(List.of("cd", "bcd"));
        assertThat(stops.push("abcd")).isEqualTo("a");
        assertThat(stops.matched()).isTrue();
        assertThat(stops.push("more")).isEmpty();
    }

    @Property
    void anySplitShowsTheTextBeforeTheFirstStop(
            @ForAll @CharRange(from = 'a', to = 'c') @StringLength(max = 40) String text,
            @ForAll @Size(min = 1, max = 3) List<@CharRange(from = 'a', to = 'c') @StringLength(min = 1, max = 4) String> stops,
            @ForAll @IntRange(min = 1, max = 7) int step) {
        StopStrings matcher = new StopStrings(stops);
        StringBuilder shown = new StringBuilder();
        int i = 0;
        for (; i < text.length() && !matcher.matched(); i += step) {
            shown.append(matcher.push(text.substring(i, Math.min(text.length(), i + step))));
        }
        shown.append(matcher.finish());
        int end = text.length();
        boolean any = false;
        for (String stop : stops) {
            int at = text.indexOf(stop);
            if (at >= 0) {
                any = true;
                end = Math.min(end, at);
            }
        }
        assertThat(matcher.matched()).isEqualTo(any);
        assertThat(text).startsWith(shown);
        if (!any) {
            assertThat(shown.toString()).isEqualTo(text);
        } else {
            assertThat(stops).noneMatch(stop -> shown.indexOf(stop) >= 0);
            assertThat(shown.length()).isGreaterThanOrEqualTo(end);
        }
    }
}
