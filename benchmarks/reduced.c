/* The reduced model of reduced_model.md as a plain loop over runs, steps and acts, written by hand for speed.

   Same rules and the same single precision as the other programs; its random numbers are its own (xoshiro128+), so that
   runs agree in distribution and not draw by draw. Acts are stored as they are in Blocs: a day and four codes. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ACTORS 512
#define MAX_ACTS 64

typedef struct {
    int32_t actors, steps, acts, slots;
    float step_days, base, branching, half_life;
    float activity, popularity, inertia, reciprocity, warmth, warmth_tone, warmth_back_tone;
    float rate, echo, mirror, camp, warmth_half_life;
} Input;

typedef struct {
    uint32_t s[4];
} Stream;

typedef struct {
    float *toward;   /* acts of i toward j, as of the last tick; axes (i, j) */
    float *from;     /* the same transposed, so that both rows are contiguous */
    float *warmth;   /* of i toward j */
    float *back;     /* the same transposed */
    float *sent, *received, *score;
} State;

static uint64_t splitmix(uint64_t *x) {
    uint64_t z = (*x += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static void seed_stream(Stream *r, uint64_t seed, uint64_t run) {
    uint64_t x = seed * 0xd1342543de82ef95ULL + run;
    for (int n = 0; n < 4; n += 2) {
        uint64_t z = splitmix(&x);
        r->s[n] = (uint32_t)z;
        r->s[n + 1] = (uint32_t)(z >> 32);
    }
}

static inline uint32_t turn_left(uint32_t x, int k) { return (x << k) | (x >> (32 - k)); }

static inline float uniform(Stream *r) {
    uint32_t *s = r->s, bits = s[0] + s[3], t = s[1] << 9;
    s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = turn_left(s[3], 11);
    return (float)(bits >> 9) * 0x1p-23f + 0x1p-24f;
}

/* Draw from the softmax of scores: one uniform against the running sum. */
static int pick(Stream *r, const float *score, int n, int not_this) {
    float weight[MAX_ACTORS], high = -1e30f, total = 0.0f;
    for (int k = 0; k < n; k++) high = score[k] > high && k != not_this ? score[k] : high;
    for (int k = 0; k < n; k++) weight[k] = expf(score[k] - high);
    if (not_this >= 0) weight[not_this] = 0.0f;
    for (int k = 0; k < n; k++) total += weight[k];
    float left = uniform(r) * total;
    int last = 0;
    for (int k = 0; k < n; k++) {
        if (weight[k] == 0.0f) continue;
        last = k;
        if ((left -= weight[k]) < 0.0f) return k;
    }
    return last; /* rounding only */
}

static inline float lean(float x, float by) { return x + by - fabsf(by) * x; }
static inline float clip(float x) { return x < -1.0f ? -1.0f : x > 1.0f ? 1.0f : x; }

/* Days to the next act: the least of the base process and of what past acts still bring (Dassios & Zhao 2013). */
static float days_to_next(Stream *r, const Input *in, const State *st, float fade) {
    float held = 0.0f, first = -logf(uniform(r)) / in->base, e = -logf(uniform(r));
    for (int k = 0; k < in->actors; k++) held += st->sent[k];
    held *= fade * in->branching;
    float left = held > 0.0f ? 1.0f - e / held : 0.0f;
    if (left <= 0.0f) return first;
    float fading = -in->half_life * log2f(left);
    return fading < first ? fading : first;
}

static void choose(Stream *r, const Input *in, const float *polarity, State *st, float fade, int *i, int *j, int *g) {
    int A = in->actors;
    for (int k = 0; k < A; k++)
        st->score[k] = in->activity * log1pf(fade * st->sent[k]) + in->popularity * log1pf(fade * st->received[k]);
    *i = pick(r, st->score, A, -1);
    const float *out = st->toward + *i * A, *in_row = st->from + *i * A, *warm = st->warmth + *i * A;
    for (int k = 0; k < A; k++)
        st->score[k] = in->inertia * log1pf(fade * out[k]) + in->reciprocity * log1pf(fade * in_row[k]) + in->warmth * warm[k];
    *j = pick(r, st->score, A, *i);
    float tone = in->warmth_tone * warm[*j] + in->warmth_back_tone * st->back[*i * A + *j];
    for (int k = 0; k < in->acts; k++) st->score[k] = polarity[k] * tone;
    *g = pick(r, st->score, in->acts, -1);
}

static void perform(const Input *in, float cooperation, State *st, float lift, int i, int j) {
    int A = in->actors;
    st->toward[i * A + j] += lift;
    st->from[j * A + i] += lift;
    st->sent[i] += lift;
    st->received[j] += lift;
    float by = clip(in->rate * cooperation), *row = st->warmth + i * A, *cold = st->back + j * A;
    float answer = clip(lean(st->back[i * A + j], in->echo * by)), straight = clip(lean(row[j], by));
    for (int k = 0; k < A; k++) {
        if (k == i || k == j) continue;
        float away = cold[k] < 0.0f ? in->mirror * by * cold[k] : 0.0f;
        row[k] = clip(lean(row[k], away));
        st->back[k * A + i] = row[k];
    }
    row[j] = st->back[j * A + i] = straight;
    st->warmth[j * A + i] = st->back[i * A + j] = answer;
}

static void tick(const Input *in, const float *camp, State *st) {
    int A = in->actors;
    float fade = exp2f(-in->step_days / in->half_life);
    float share = 1.0f - exp2f(-in->step_days / in->warmth_half_life);
    for (int k = 0; k < A * A; k++) {
        st->toward[k] *= fade;
        st->from[k] *= fade;
        st->warmth[k] += share * (in->camp * camp[k] - st->warmth[k]);
        st->back[k] += share * (in->camp * camp[k] - st->back[k]); /* camps are symmetric */
    }
    for (int k = 0; k < A; k++) {
        st->sent[k] *= fade;
        st->received[k] *= fade;
    }
}

/* Simulate runs; `code` has axes (run, slot, 4), `day` (run, slot), `last` (run, actor, actor), `count` (run).
   Returns 0, or 1 where a run needs more slots, or 2 where memory or a limit does not suffice. */
int reduced(const Input *in, const float *cooperation, const float *polarity, const float *camp, int32_t runs,
            uint64_t seed, float *day, int16_t *code, int32_t *count, float *last) {
    int A = in->actors;
    if (A > MAX_ACTORS || in->acts > MAX_ACTS) return 2;
    size_t square = (size_t)A * A;
    float *room = calloc(4 * square + 3 * (size_t)A + MAX_ACTS, sizeof(float));
    if (!room) return 2;
    State st = {room, room + square, room + 2 * square, room + 3 * square, room + 4 * square,
                room + 4 * square + A, room + 4 * square + 2 * A};
    for (int32_t n = 0; n < runs; n++) {
        Stream r;
        seed_stream(&r, seed, (uint64_t)n);
        memset(room, 0, (4 * square + 3 * (size_t)A + MAX_ACTS) * sizeof(float));
        int32_t acts = 0;
        for (int32_t s = 0; s < in->steps; s++) {
            float age = 0.0f, fade = 1.0f;
            for (;;) {
                float wait = days_to_next(&r, in, &st, fade);
                if (age + wait >= in->step_days) break;
                age += wait;
                fade = exp2f(-age / in->half_life);
                int i, j, g;
                choose(&r, in, polarity, &st, fade, &i, &j, &g);
                perform(in, cooperation[g], &st, 1.0f / fade, i, j);
                if (acts >= in->slots) { free(room); return 1; }
                size_t place = (size_t)n * in->slots + acts++;
                day[place] = s * in->step_days + age;
                int16_t *c = code + 4 * place;
                c[0] = (int16_t)i; c[1] = (int16_t)j; c[2] = (int16_t)g; c[3] = 0;
            }
            tick(in, camp, &st);
        }
        count[n] = acts;
        memcpy(last + (size_t)n * square, st.warmth, square * sizeof(float));
    }
    free(room);
    return 0;
}
