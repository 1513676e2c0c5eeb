package io.augserve.examples.tools;

import java.math.BigDecimal;
import java.math.MathContext;

/** Evaluates {@code + - * / ( )} over decimal numbers with the usual precedence. */
final class Arithmetic {
    private static final int MAX_DEPTH = 100;
    private final String text;
    private int at;
    private int depth;

    private Arithmetic(String text) {
        this.text = text;
    }

    /**
     * The value of an expression as plain decimal text.
     *
     * @throws IllegalArgumentException if it is not an expression, or divides by zero; the message is fit for the model
     */
    static String evaluate(String expression) {
        Arithmetic parser = new Arithmetic(expression);
        BigDecimal value = parser.sum();
        if (parser.peek() != 0) {
            throw new IllegalArgumentException("'" + expression + "' is not an arithmetic expression");
        }
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    private BigDecimal sum() {
        BigDecimal value = product();
        while (peek() == '+' || peek() == '-') {
            value = text.charAt(at++) == '+' ? value.add(product()) : value.subtract(product());
        }
        return value;
    }

    private BigDecimal product() {
        BigDecimal value = factor();
        while (peek() == '*' || peek() == '/') {
            if (text.charAt(at++) == '*') {
                value = value.multiply(factor());
                continue;
            }
            BigDecimal divisor = factor();
            if (divisor.signum() == 0) {
                throw new IllegalArgumentException("division by zero");
            }
            value = value.divide(divisor, MathContext.DECIMAL32);
        }
        return value;
    }

    /** A model may write brackets until it is stopped; the stack must hold them. */
    private BigDecimal factor() {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("the expression is nested more than " + MAX_DEPTH + " deep");
        }
        depth++;
        BigDecimal value = innerFactor();
        depth--;
        return value;
    }

    private BigDecimal innerFactor() {
        char next = peek();
        if (next == '-') {
            at++;
            return factor().negate();
        }
        if (next == '(') {
            at++;
            BigDecimal value = sum();
            if (peek() != ')') {
                throw new IllegalArgumentException("a ')' is missing in '" + text + "'");
            }
            at++;
            return value;
        }
        int from = at;
        while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        try {
            return new BigDecimal(text.substring(from, at));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not an arithmetic expression", e);
        }
    }

    /** The next character that is no space; 0 at the end. */
    private char peek() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }
}
