/** Whether a release is worse than the one beside it, by what people and workers say of both at the same time. */
@NullMarked
package dev.limner.training.canary;

import org.jspecify.annotations.NullMarked;
