/**
 * Registers TensorFlow.js' gradients. The package ships them as modules without file extensions, which Node cannot
 * import, so tsx loads them; engine and gradient registry are global, so both copies share one state.
 */
import { require as requireThroughTsx } from 'tsx/cjs/api';

requireThroughTsx('@tensorflow/tfjs-core/dist/register_all_gradients.js', import.meta.url);
