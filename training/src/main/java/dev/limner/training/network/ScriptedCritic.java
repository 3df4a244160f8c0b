package dev.limner.training.network;

import java.util.List;

/**
 * A critic written once more as a TorchScript program, for penalties that differentiate it twice with autograd. The text is a
 * constant of this program's, never a user's: it runs as code.
 *
 * @param weights names of the weights, in the order in which the program takes them
 * @param body statements of a function of {@code images} (n, channels, side, side), {@code sentence} (n, text) and one
 *     tensor for each weight, named after it with {@code _} for dots. Each line ends with a line feed and begins with four
 *     spaces; the last ones return the scores. The form is that of saved archives: every operation is a function of {@code
 *     torch}, with all its arguments.
 */
public record ScriptedCritic(List<String> weights, String body) {
    public ScriptedCritic {
        weights = List.copyOf(weights);
    }
}
