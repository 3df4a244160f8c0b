/** What keeps the critic from going too far: penalties on its gradients. One file each. */
@NullMarked
package dev.limner.training.regularizer;

import org.jspecify.annotations.NullMarked;
