/** Their side of the benchmark: the same ONNX file behind FastAPI, as its documentation writes it. */

/** Arguments: model file, port. Same request and answer as ours; checks types, keeps no record. */
export const FASTAPI_SERVER = `
import datetime, sys
import numpy as np, onnxruntime as ort, uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

options = ort.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = ort.InferenceSession(sys.argv[1], options, providers=['CPUExecutionProvider'])
app = FastAPI()

class Flight(BaseModel):
    date: datetime.datetime
    distance: float
    origin: str
    destination: str

class Answer(BaseModel):
    prediction: int
    probability: float
    version: int

@app.post('/predict')
async def predict(row: Flight) -> Answer:
    (probability,) = session.run(['probability'], {
        'numbers': np.array([[row.distance]], dtype=np.float32),
        'categories': np.array([[row.origin, row.destination]], dtype=object),
        'times': np.array([[row.date.timestamp() * 1000]], dtype=np.float64),
    })
    value = float(probability[0])
    return Answer(prediction=int(value >= 0.4), probability=value, version=1)

uvicorn.run(app, host='127.0.0.1', port=int(sys.argv[2]), log_level='warning', access_log=False)
`;
